// counters that restart; cumulativeSum over nulls
import "array"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 1.0},
    {_time: 2024-01-01T00:00:10Z, _value: 4.0},
    {_time: 2024-01-01T00:00:20Z, _value: 3.0},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)

data |> increase() |> yield(name: "increase")
array.from(rows: [{_value: 1}, {_value: debug.null(type: "int")}, {_value: 2}])
    |> cumulativeSum()
    |> yield(name: "cumulativeSum")
