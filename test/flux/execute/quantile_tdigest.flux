// t-digest quantiles of a few values interpolate between mid-points
import "array"

data = array.from(rows: [{_value: 1.0}, {_value: 2.0}, {_value: 3.0}, {_value: 4.0}, {_value: 5.0}, {_value: 6.0}, {_value: 7.0}, {_value: 8.0}, {_value: 9.0}, {_value: 10.0}])

data |> quantile(q: 0.0) |> yield(name: "q0_0")
data |> quantile(q: 0.1) |> yield(name: "q0_1")
data |> quantile(q: 0.5) |> yield(name: "q0_5")
data |> quantile(q: 0.9) |> yield(name: "q0_9")
data |> quantile(q: 0.99) |> yield(name: "q0_99")
data |> quantile(q: 1.0) |> yield(name: "q1_0")
data |> median() |> yield(name: "median")
