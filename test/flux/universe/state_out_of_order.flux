// durations of states need times in order
import "array"

array.from(rows: [{_time: 2024-01-01T00:00:10Z, _value: 1}, {_time: 2024-01-01T00:00:00Z, _value: 1}])
    |> stateDuration(fn: (r) => r._value > 0)
