// area under the points, with and without extension to the bounds
import "array"

data = array.from(rows: [{_time: 2024-01-01T00:00:10Z, _value: 1.0}, {_time: 2024-01-01T00:00:20Z, _value: 3.0}])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:00:30Z)

data |> integral(unit: 1s) |> yield(name: "plain")
data |> integral(unit: 1s, interpolate: "linear") |> yield(name: "linear")
data |> timeWeightedAvg(unit: 1s) |> yield(name: "timeWeightedAvg")
data |> limit(n: 1) |> integral(unit: 1s, interpolate: "linear") |> yield(name: "one")
