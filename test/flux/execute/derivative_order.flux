// times must not go back
import "array"

array.from(rows: [{_time: 2024-01-01T00:00:10Z, _value: 1.0}, {_time: 2024-01-01T00:00:00Z, _value: 2.0}])
    |> derivative()
