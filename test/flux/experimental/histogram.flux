// experimental.histogram counts _value, experimental.histogramQuantile reads what it counted
import "array"
import "experimental"

counts = array.from(rows: [{h: "a", _value: 0.5}, {h: "a", _value: 2.5}, {h: "a", _value: 2.0}, {h: "b", _value: 9.0}])
    |> group(columns: ["h"])
    |> experimental.histogram(bins: [2.0, 4.0, 10.0])

counts |> yield(name: "1 counts")
counts |> experimental.histogramQuantile(quantile: 0.5) |> yield(name: "2 median")
counts |> experimental.histogramQuantile(quantile: 0.1, minValue: 1.0) |> yield(name: "3 minimum")
array.from(rows: [{_value: 0.5}, {_value: 2.5}])
    |> experimental.histogram(bins: [1.0, 3.0], normalize: true)
    |> yield(name: "4 normalized")
