// rows need not be in order of time
import "array"

array.from(rows: [
    {_time: 2024-01-01T00:00:50Z, _value: 5},
    {_time: 2024-01-01T00:00:10Z, _value: 1},
    {_time: 2024-01-01T00:00:40Z, _value: 4},
    {_time: 2024-01-01T00:00:20Z, _value: 2},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)
    |> aggregateWindow(every: 30s, fn: sum)
