// whole hours, over midnight too
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T08:59:59Z, v: 1},
    {_time: 2024-01-01T09:00:00Z, v: 2},
    {_time: 2024-01-01T11:59:59Z, v: 3},
    {_time: 2024-01-01T23:00:00Z, v: 4},
])

data |> hourSelection(start: 9, stop: 11) |> yield(name: "day")
data |> hourSelection(start: 22, stop: 8) |> yield(name: "night")
