// time since the row before
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 1},
    {_time: 2024-01-01T00:00:10Z, _value: 2},
    {_time: 2024-01-01T00:02:00Z, _value: 3},
])

data |> elapsed() |> yield(name: "seconds")
data |> elapsed(unit: 1m, columnName: "minutes") |> yield(name: "minutes")
