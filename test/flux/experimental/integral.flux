// experimental.integral: the area under the points, to the bounds with linear interpolation
import "array"
import "experimental"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:10Z, _value: 2.0},
    {_time: 2024-01-01T00:00:20Z, _value: 4.0},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:00:30Z)

data |> experimental.integral() |> yield(name: "1 seconds")
data |> experimental.integral(unit: 10s) |> yield(name: "2 unit")
data |> experimental.integral(unit: 10s, interpolate: "linear") |> yield(name: "3 linear")
