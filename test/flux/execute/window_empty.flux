// createEmpty makes every window of the grid for each key
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T10:00:40Z, _value: 1.0, host: "a"},
    {_time: 2024-01-01T10:01:00Z, _value: 2.0, host: "a"},
    {_time: 2024-01-01T10:01:10Z, _value: 3.0, host: "a"},
    {_time: 2024-01-01T10:02:50Z, _value: 4.0, host: "a"},
])
    |> group(columns: ["host"])
    |> range(start: 2024-01-01T10:00:30Z, stop: 2024-01-01T10:03:00Z)

data |> filter(fn: (r) => r._value < 2.0) |> window(every: 1m, createEmpty: true) |> count() |> yield(name: "count")
data |> filter(fn: (r) => r._value > 9.0) |> window(every: 1m, createEmpty: true) |> count() |> yield(name: "dropped")
data |> filter(fn: (r) => r._value > 9.0, onEmpty: "keep") |> window(every: 1m, createEmpty: true) |> count() |> yield(name: "kept")
