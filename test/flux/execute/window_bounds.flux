// a row on a boundary belongs to the later window; first and last windows are cut to the range
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T10:00:40Z, _value: 1.0, host: "a"},
    {_time: 2024-01-01T10:01:00Z, _value: 2.0, host: "a"},
    {_time: 2024-01-01T10:01:10Z, _value: 3.0, host: "a"},
    {_time: 2024-01-01T10:02:50Z, _value: 4.0, host: "a"},
])
    |> group(columns: ["host"])
    |> range(start: 2024-01-01T10:00:30Z, stop: 2024-01-01T10:03:00Z)

data |> window(every: 1m) |> yield(name: "every")
data |> window(every: 1m, period: 2m) |> yield(name: "period")
data |> window(every: 1m, period: 30s) |> yield(name: "gaps")
data |> window(every: 1m, offset: 10s) |> yield(name: "offset")
