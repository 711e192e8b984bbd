// an aggregate has no _time that could be the time of its result
import "array"

array.from(rows: [{_time: 2024-01-01T00:00:00Z, _value: 1.0}])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)
    |> aggregateWindow(every: 1m, fn: mean, timeSrc: "_time")
