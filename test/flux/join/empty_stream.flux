// a stream without tables has no known columns: no join, whatever the method
import "array"
import "join"

left = array.from(rows: [{id: 1, a: "x"}])
right = array.from(rows: [{id: 1, b: "y"}]) |> filter(fn: (r) => r.b == "z")

join.inner(left: left, right: right, on: (l, r) => l.id == r.id, as: (l, r) => ({l with b: r.b}))
