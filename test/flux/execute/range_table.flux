// range adds bounds in front and leaves empty tables
import "array"

data = array.from(rows: [{_time: 2024-01-01T00:00:00Z, _value: 1}, {_time: 2024-01-02T00:00:00Z, _value: 2}])

data |> range(start: 2024-01-02T00:00:00Z, stop: 2024-01-03T00:00:00Z) |> yield(name: "one")
data |> range(start: 2024-01-05T00:00:00Z, stop: 2024-01-06T00:00:00Z) |> count() |> yield(name: "none")
data
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-03T00:00:00Z)
    |> range(start: 2024-01-02T00:00:00Z, stop: 2024-01-04T00:00:00Z)
    |> yield(name: "twice")
