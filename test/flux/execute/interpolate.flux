// values at the grid points between rows
import "array"
import "interpolate"

array.from(rows: [{_time: 2024-01-01T00:00:03Z, _value: 1.0}, {_time: 2024-01-01T00:00:20Z, _value: 18.0}])
    |> interpolate.linear(every: 5s)
