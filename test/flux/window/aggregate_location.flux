// days and months of a zone: the day of the change to summer time has 23 hours; a fixed offset shifts the grid
import "array"
import "timezone"

berlin = timezone.location(name: "Europe/Berlin")
data = array.from(rows: [
    {_time: 2024-03-29T23:30:00Z, _value: 1},
    {_time: 2024-03-30T22:59:59Z, _value: 2},
    {_time: 2024-03-30T23:00:00Z, _value: 4},
    {_time: 2024-03-31T21:59:59Z, _value: 8},
    {_time: 2024-03-31T22:00:00Z, _value: 16},
])
    |> range(start: 2024-03-29T23:00:00Z, stop: 2024-04-01T22:00:00Z)

data |> aggregateWindow(every: 1d, fn: sum, location: berlin) |> yield(name: "1 days")
data |> aggregateWindow(every: 1mo, fn: sum, location: berlin) |> yield(name: "2 months")
data |> aggregateWindow(every: 1d, fn: sum, location: timezone.fixed(offset: 6h)) |> yield(name: "3 fixed")
data |> aggregateWindow(every: 12h, fn: count, location: berlin, createEmpty: false) |> yield(name: "4 half days")
data |> window(every: 1d, location: berlin) |> count() |> yield(name: "5 window")
