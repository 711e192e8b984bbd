// the aggregates and selectors of experimental work on _value and need no column
import "array"
import "experimental"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, host: "a", _value: 4.0, k: 1},
    {_time: 2024-01-01T00:00:10Z, host: "a", _value: debug.null(type: "float"), k: 2},
    {_time: 2024-01-01T00:00:20Z, host: "a", _value: 4.0, k: 3},
    {_time: 2024-01-01T00:00:30Z, host: "a", _value: 1.0, k: 4},
    {_time: 2024-01-01T00:00:40Z, host: "b", _value: 2.0, k: 5},
])
    |> group(columns: ["host"])

data |> experimental.count() |> yield(name: "01 count")
data |> experimental.sum() |> yield(name: "02 sum")
data |> experimental.mean() |> yield(name: "03 mean")
data |> experimental.mode() |> yield(name: "04 mode")
data |> experimental.skew() |> yield(name: "05 skew")
data |> experimental.spread() |> yield(name: "06 spread")
data |> experimental.stddev() |> yield(name: "07 stddev")
data |> experimental.stddev(mode: "population") |> yield(name: "08 stddev of a population")
data |> experimental.quantile(q: 0.5) |> yield(name: "09 quantile")
data |> experimental.quantile(q: 0.5, method: "exact_mean") |> yield(name: "10 exact mean")
data |> experimental.quantile(q: 0.5, method: "exact_selector") |> yield(name: "11 exact selector")
data |> experimental.quantile(q: 0.5, compression: 20.0) |> yield(name: "12 compression")
data |> experimental.first() |> yield(name: "13 first")
data |> experimental.last() |> yield(name: "14 last")
data |> experimental.max() |> yield(name: "15 max")
data |> experimental.min() |> yield(name: "16 min")
data |> experimental.distinct() |> yield(name: "17 distinct")
data |> experimental.unique() |> yield(name: "18 unique")
