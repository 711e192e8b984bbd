// windows of nothing but nulls: aggregates null, count counts, selectors no row
import "array"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: debug.null(type: "float")},
    {_time: 2024-01-01T00:00:10Z, _value: debug.null(type: "float")},
    {_time: 2024-01-01T00:00:20Z, _value: 3.0},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)

data |> aggregateWindow(every: 20s, fn: mean) |> yield(name: "mean")
data |> aggregateWindow(every: 20s, fn: count) |> yield(name: "count")
data |> aggregateWindow(every: 20s, fn: last, createEmpty: false) |> yield(name: "last")
data |> aggregateWindow(every: 20s, fn: last) |> yield(name: "last_empty")
