// elapsed between the times of any column, in any unit, under any name
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, at: 2024-01-01T00:00:00Z, k: 1},
    {_time: 2024-01-01T00:00:10Z, at: 2024-01-01T02:30:00Z, k: 2},
    {_time: 2024-01-01T00:00:10.0005Z, at: 2024-01-01T02:00:00Z, k: 3},
])

data |> elapsed() |> yield(name: "default")
data |> elapsed(unit: 1us, columnName: "us") |> yield(name: "unit")
data |> elapsed(unit: 1h, timeColumn: "at") |> yield(name: "time column")
