// the same of the left stream of an outer join
import "array"
import "join"

left = array.from(rows: [{id: 1, a: "x"}])
right = array.from(rows: [{id: 1, b: "y"}]) |> filter(fn: (r) => r.b == "z")

join.right(left: right, right: left, on: (l, r) => l.id == r.id, as: (l, r) => ({r with b: l.b}))
