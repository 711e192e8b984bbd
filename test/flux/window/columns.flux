// window by another column of times, bounds into other columns: the key has both pairs
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:05Z, at: 2024-01-01T00:00:45Z, n: 1},
    {_time: 2024-01-01T00:00:15Z, at: 2024-01-01T00:00:10Z, n: 2},
    {_time: 2024-01-01T00:00:35Z, at: 2024-01-01T00:00:55Z, n: 3},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)

data |> window(every: 20s, timeColumn: "at") |> yield(name: "1 time column")
data |> window(every: 30s, startColumn: "from", stopColumn: "to") |> yield(name: "2 columns of bounds")
data
    |> window(every: 30s, startColumn: "from", stopColumn: "to")
    |> count(column: "n")
    |> group()
    |> yield(name: "3 counted")
data |> window(period: 20s) |> count(column: "n") |> yield(name: "4 period alone")
