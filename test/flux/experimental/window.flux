// experimental.window: the columns of times are _time, _start and _stop
import "array"
import "experimental"
import "timezone"

data = array.from(rows: [
    {_time: 2024-01-31T22:30:00Z, _value: 1},
    {_time: 2024-01-31T23:30:00Z, _value: 2},
    {_time: 2024-02-02T12:00:00Z, _value: 4},
])
    |> range(start: 2024-01-31T00:00:00Z, stop: 2024-02-03T00:00:00Z)

data |> experimental.window(every: 1d) |> experimental.sum() |> yield(name: "1 days")
data |> experimental.window(every: 1d, createEmpty: true) |> experimental.count() |> yield(name: "2 empty")
data |> experimental.window(every: 1d, offset: 12h) |> experimental.sum() |> yield(name: "3 offset")
data |> experimental.window(every: 1d, period: 2d) |> experimental.sum() |> yield(name: "4 period")
data
    |> experimental.window(every: 1mo, location: timezone.location(name: "Europe/Berlin"))
    |> experimental.sum()
    |> yield(name: "5 months of a zone")
