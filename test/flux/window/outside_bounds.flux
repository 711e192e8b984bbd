// a row that aggregateWindow stamped with the range's stop is in no window of a second one, but for every: inf
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:05Z, _value: 1.0},
    {_time: 2024-01-01T00:00:35Z, _value: 2.0},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)

data |> aggregateWindow(every: 30s, fn: sum) |> aggregateWindow(every: 1m, fn: max) |> yield(name: "1 stop")
data
    |> aggregateWindow(every: 30s, fn: sum, timeSrc: "_start")
    |> aggregateWindow(every: 1m, fn: max)
    |> yield(name: "2 start")
data |> aggregateWindow(every: 30s, fn: sum) |> aggregateWindow(every: 1m, fn: mean) |> yield(name: "3 mean")
data |> aggregateWindow(every: 30s, fn: sum) |> window(every: 30s) |> yield(name: "4 window")
data |> aggregateWindow(every: 30s, fn: sum) |> window(every: inf) |> yield(name: "5 inf")
