// means of the last n rows, nulls left out; short tables give one row
import "array"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 1.0},
    {_time: 2024-01-01T00:00:10Z, _value: debug.null(type: "float")},
    {_time: 2024-01-01T00:00:20Z, _value: 3.0},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)

data |> movingAverage(n: 2) |> yield(name: "two")
data |> movingAverage(n: 5) |> yield(name: "five")
data |> timedMovingAverage(every: 10s, period: 20s) |> yield(name: "timed")
