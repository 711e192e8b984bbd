// tables without rows still tell what columns there would be; two streams without tables are no error
import "array"
import "join"

left = array.from(rows: [{id: 1, a: "x"}])
right = array.from(rows: [{id: 1, b: 2.5}]) |> filter(fn: (r) => r.b > 9.0, onEmpty: "keep")
nothing = left |> filter(fn: (r) => r.id > 9)

join.left(left: left, right: right, on: (l, r) => l.id == r.id, as: (l, r) => ({l with b: r.b})) |> yield(name: "1 left")
join.full(left: nothing, right: nothing, on: (l, r) => l.id == r.id, as: (l, r) => l) |> yield(name: "2 nothing")
