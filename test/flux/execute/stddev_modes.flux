// sample and population deviations
import "array"

data = array.from(rows: [{_value: 2.0}, {_value: 4.0}, {_value: 4.0}, {_value: 4.0}, {_value: 5.0}, {_value: 5.0}, {_value: 7.0}, {_value: 9.0}])

data |> stddev(mode: "population") |> yield(name: "population")
data |> stddev() |> yield(name: "sample")
data |> limit(n: 1) |> stddev() |> yield(name: "one_sample")
data |> limit(n: 1) |> stddev(mode: "population") |> yield(name: "one_population")
