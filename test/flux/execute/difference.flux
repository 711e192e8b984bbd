// the first row goes; nulls stay; counters
import "array"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 1.0},
    {_time: 2024-01-01T00:00:10Z, _value: debug.null(type: "float")},
    {_time: 2024-01-01T00:00:20Z, _value: 4.0},
    {_time: 2024-01-01T00:00:30Z, _value: 3.0},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)

data |> difference() |> yield(name: "plain")
data |> difference(nonNegative: true) |> yield(name: "nonNegative")
data |> difference(nonNegative: true, initialZero: true) |> yield(name: "initialZero")
data |> difference(keepFirst: true) |> yield(name: "keepFirst")
data |> difference(keepFirst: true, initialZero: true, nonNegative: true) |> yield(name: "all")
