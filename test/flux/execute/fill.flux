// values and previous values for nulls
import "array"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: debug.null(type: "float")},
    {_time: 2024-01-01T00:00:10Z, _value: 1.0},
    {_time: 2024-01-01T00:00:20Z, _value: debug.null(type: "float")},
    {_time: 2024-01-01T00:00:30Z, _value: 2.0},
    {_time: 2024-01-01T00:00:40Z, _value: debug.null(type: "float")},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)

data |> fill(value: 0.0) |> yield(name: "value")
data |> fill(usePrevious: true) |> yield(name: "previous")
data |> fill(column: "new", value: "x") |> yield(name: "added")
data |> fill(column: "new", usePrevious: true) |> yield(name: "passed")
