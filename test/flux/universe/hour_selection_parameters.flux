// hourSelection in another zone, by an offset, and of another column of times
import "array"

data = array.from(rows: [
    {_time: 2024-07-01T05:59:59Z, at: 2024-01-01T13:00:00Z, n: 1},
    {_time: 2024-07-01T06:00:00Z, at: 2024-01-01T14:00:00Z, n: 2},
    {_time: 2024-07-01T08:59:59Z, at: 2024-01-01T22:30:00Z, n: 3},
    {_time: 2024-07-01T23:00:00Z, at: 2024-01-02T01:00:00Z, n: 4},
])

data
    |> hourSelection(start: 8, stop: 10, location: {zone: "Europe/Berlin", offset: 0h})
    |> yield(name: "1 summer time")
data |> hourSelection(start: 9, stop: 11, location: {zone: "UTC", offset: 3h}) |> yield(name: "2 offset")
data |> hourSelection(start: 22, stop: 1, timeColumn: "at") |> yield(name: "3 column, past midnight")
data |> hourSelection(start: 13, stop: 13, timeColumn: "at") |> yield(name: "4 one hour")
