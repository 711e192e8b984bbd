// timedMovingAverage of another column; windows overlap and the last ones are clipped
import "array"

array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, load: 1},
    {_time: 2024-01-01T00:01:00Z, load: 2},
    {_time: 2024-01-01T00:02:00Z, load: 6},
    {_time: 2024-01-01T00:03:00Z, load: 7},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:04:00Z)
    |> timedMovingAverage(every: 1m, period: 2m, column: "load")
