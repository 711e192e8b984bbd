// a function may give several rows a window
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T10:00:40Z, _value: 1.0, host: "a"},
    {_time: 2024-01-01T10:01:00Z, _value: 2.0, host: "a"},
    {_time: 2024-01-01T10:01:10Z, _value: 3.0, host: "a"},
    {_time: 2024-01-01T10:02:50Z, _value: 4.0, host: "a"},
])
    |> group(columns: ["host"])
    |> range(start: 2024-01-01T10:00:30Z, stop: 2024-01-01T10:03:00Z)

data |> aggregateWindow(every: 1m, fn: distinct) |> yield(name: "distinct")
data |> aggregateWindow(every: 1m, period: 2m, fn: sum) |> yield(name: "period")
