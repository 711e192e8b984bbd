// selectors keep the columns and take the window's stop as time
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T10:00:40Z, _value: 1.0, host: "a"},
    {_time: 2024-01-01T10:01:00Z, _value: 2.0, host: "a"},
    {_time: 2024-01-01T10:01:10Z, _value: 3.0, host: "a"},
    {_time: 2024-01-01T10:02:50Z, _value: 4.0, host: "a"},
])
    |> group(columns: ["host"])
    |> range(start: 2024-01-01T10:00:30Z, stop: 2024-01-01T10:03:00Z)
data |> aggregateWindow(every: 1m, fn: min, createEmpty: false) |> yield(name: "min")
data |> aggregateWindow(every: 1m, fn: max, createEmpty: false) |> yield(name: "max")
data |> aggregateWindow(every: 1m, fn: first, createEmpty: false) |> yield(name: "first")
data |> aggregateWindow(every: 1m, fn: last, createEmpty: false) |> yield(name: "last")
