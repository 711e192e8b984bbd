// per unit; repeated times are dropped
import "array"

array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 10},
    {_time: 2024-01-01T00:00:10Z, _value: 20},
    {_time: 2024-01-01T00:00:10Z, _value: 99},
    {_time: 2024-01-01T00:00:20Z, _value: 15},
])
    |> derivative(unit: 1s)
