// integral of another column, over the times of another column
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, at: 2024-01-01T00:00:00Z, a: 2, b: 1.0},
    {_time: 2024-01-01T00:00:10Z, at: 2024-01-01T00:00:30Z, a: 4, b: 3.0},
    {_time: 2024-01-01T00:00:20Z, at: 2024-01-01T00:00:40Z, a: 2, b: 3.0},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)

data |> integral(column: "a") |> yield(name: "1 int")
data |> integral(column: "b", unit: 1m) |> yield(name: "2 unit")
data |> integral(column: "b", timeColumn: "at") |> yield(name: "3 time column")
data |> integral(column: "b", timeColumn: "at", interpolate: "linear") |> yield(name: "4 linear")
