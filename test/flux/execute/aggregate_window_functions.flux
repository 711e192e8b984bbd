// aggregates over windows; the empty one gives null, count 0; the stamp is the window's stop
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T10:00:40Z, _value: 1.0, host: "a"},
    {_time: 2024-01-01T10:01:00Z, _value: 2.0, host: "a"},
    {_time: 2024-01-01T10:01:10Z, _value: 3.0, host: "a"},
    {_time: 2024-01-01T10:02:50Z, _value: 4.0, host: "a"},
])
    |> group(columns: ["host"])
    |> range(start: 2024-01-01T10:00:30Z, stop: 2024-01-01T10:03:00Z)
data |> aggregateWindow(every: 30s, fn: mean) |> yield(name: "mean")
data |> aggregateWindow(every: 30s, fn: sum) |> yield(name: "sum")
data |> aggregateWindow(every: 30s, fn: count) |> yield(name: "count")
data |> aggregateWindow(every: 30s, fn: median) |> yield(name: "median")
data |> aggregateWindow(every: 30s, fn: spread) |> yield(name: "spread")
data |> aggregateWindow(every: 30s, fn: stddev) |> yield(name: "stddev")
data |> aggregateWindow(every: 30s, fn: integral) |> yield(name: "integral")
