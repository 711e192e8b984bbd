// aggregates of an empty table: count 0, null else; selectors leave it empty
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 1.0},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)
none = data |> filter(fn: (r) => r._value > 5.0, onEmpty: "keep")

none |> count() |> yield(name: "count")
none |> sum() |> yield(name: "sum")
none |> mean() |> yield(name: "mean")
none |> spread() |> yield(name: "spread")
none |> stddev() |> yield(name: "stddev")
none |> skew() |> yield(name: "skew")
none |> median() |> yield(name: "median")
none |> mode() |> yield(name: "mode")
none |> min() |> yield(name: "min")
none |> max() |> yield(name: "max")
none |> first() |> yield(name: "first")
none |> last() |> yield(name: "last")
none |> distinct() |> yield(name: "distinct")
none |> unique() |> yield(name: "unique")
