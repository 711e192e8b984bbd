// join.time joins on _time, by any method; times meet only when they are equal
import "array"
import "join"

left = array.from(rows: [{_time: 2024-01-01T00:00:00Z, a: 1}, {_time: 2024-01-01T00:00:10Z, a: 2}])
right = array.from(rows: [{_time: 2024-01-01T00:00:10Z, b: "x"}, {_time: 2024-01-01T00:00:20Z, b: "y"}])

join.time(left: left, right: right, as: (l, r) => ({l with b: r.b})) |> yield(name: "1 inner")
left |> join.time(right: right, method: "left", as: (l, r) => ({l with b: r.b})) |> yield(name: "2 left")
join.time(left: left, right: right, method: "right", as: (l, r) => ({r with a: l.a})) |> yield(name: "3 right")
join.time(
    left: left,
    right: right,
    method: "full",
    as: (l, r) => ({_time: if exists l._time then l._time else r._time, a: l.a, b: r.b}),
)
    |> yield(name: "4 full")
