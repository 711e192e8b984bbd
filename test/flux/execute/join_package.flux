// inner, left, right, full
import "array"
import "join"

l = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, v: 1, k: "x"},
    {_time: 2024-01-01T00:00:01Z, v: 2, k: "x"},
    {_time: 2024-01-01T00:00:00Z, v: 3, k: "y"},
])
    |> group(columns: ["k"])
r = array.from(rows: [
    {_time: 2024-01-01T00:00:01Z, v: 10, k: "x"},
    {_time: 2024-01-01T00:00:02Z, v: 20, k: "x"},
    {_time: 2024-01-01T00:00:02Z, v: 30, k: "z"},
])
    |> group(columns: ["k"])

join.inner(left: l, right: r, on: (l, r) => l._time == r._time, as: (l, r) => ({l with w: r.v})) |> yield(name: "inner")
join.left(left: l, right: r, on: (l, r) => l._time == r._time, as: (l, r) => ({l with w: r.v})) |> yield(name: "left")
join.right(left: l, right: r, on: (l, r) => l._time == r._time, as: (l, r) => ({r with w: l.v})) |> yield(name: "right")
join.full(left: l, right: r, on: (l, r) => l._time == r._time, as: (l, r) => ({k: l.k, lt: l._time, rt: r._time, a: l.v, b: r.v})) |> yield(name: "full")
join.time(left: l, right: r, as: (l, r) => ({l with w: r.v})) |> yield(name: "time")
