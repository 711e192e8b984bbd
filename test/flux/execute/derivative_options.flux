// nonNegative and initialZero
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 10.0},
    {_time: 2024-01-01T00:00:10Z, _value: 4.0},
    {_time: 2024-01-01T00:00:20Z, _value: 14.0},
])

data |> derivative(nonNegative: true) |> yield(name: "null")
data |> derivative(nonNegative: true, initialZero: true) |> yield(name: "zero")
data |> derivative(unit: 1m) |> yield(name: "minute")
