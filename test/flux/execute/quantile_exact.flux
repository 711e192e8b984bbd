// exact mean interpolates, exact selector takes a row
import "array"

data = array.from(rows: [{_value: 1.0}, {_value: 2.0}, {_value: 3.0}, {_value: 4.0}, {_value: 5.0}, {_value: 6.0}, {_value: 7.0}, {_value: 8.0}, {_value: 9.0}, {_value: 10.0}])

data |> quantile(q: 0.0, method: "exact_mean") |> yield(name: "exact_mean_0_0")
data |> quantile(q: 0.5, method: "exact_mean") |> yield(name: "exact_mean_0_5")
data |> quantile(q: 0.9, method: "exact_mean") |> yield(name: "exact_mean_0_9")
data |> quantile(q: 1.0, method: "exact_mean") |> yield(name: "exact_mean_1_0")
data |> quantile(q: 0.0, method: "exact_selector") |> yield(name: "exact_selector_0_0")
data |> quantile(q: 0.5, method: "exact_selector") |> yield(name: "exact_selector_0_5")
data |> quantile(q: 0.9, method: "exact_selector") |> yield(name: "exact_selector_0_9")
data |> quantile(q: 1.0, method: "exact_selector") |> yield(name: "exact_selector_1_0")
