// interpolated inside the bucket
import "array"

data = array.from(rows: [{le: 1.0, _value: 2.0}, {le: 2.0, _value: 6.0}, {le: float(v: "+Inf"), _value: 8.0}])

data |> histogramQuantile(quantile: 0.5) |> yield(name: "half")
data |> histogramQuantile(quantile: 0.9) |> yield(name: "high")
data |> histogramQuantile(quantile: 0.0, minValue: -1.0) |> yield(name: "zero")
array.from(rows: [{le: 1.0, _value: 4.0}, {le: 2.0, _value: 3.0}])
    |> histogramQuantile(quantile: 0.5, onNonmonotonic: "force")
    |> yield(name: "force")
