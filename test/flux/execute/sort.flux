// stable, nulls first in both directions
import "array"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 2.0, n: 1},
    {_time: 2024-01-01T00:00:10Z, _value: debug.null(type: "float"), n: 1},
    {_time: 2024-01-01T00:00:20Z, _value: 1.0, n: 1},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)

data |> sort() |> yield(name: "asc")
data |> sort(desc: true) |> yield(name: "desc")
data |> sort(columns: ["n", "nothing"]) |> yield(name: "stable")
data |> top(n: 1) |> yield(name: "top")
data |> bottom(n: 2) |> yield(name: "bottom")
