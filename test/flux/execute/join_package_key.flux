// the key must come through
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

join.inner(left: l, right: r, on: (l, r) => l._time == r._time, as: (l, r) => ({w: r.v}))
