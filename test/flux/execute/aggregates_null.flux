// aggregates skip nulls, count counts them
import "array"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 1.0},
    {_time: 2024-01-01T00:00:10Z, _value: debug.null(type: "float")},
    {_time: 2024-01-01T00:00:20Z, _value: 3.0},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)
data |> count() |> yield(name: "count")
data |> sum() |> yield(name: "sum")
data |> mean() |> yield(name: "mean")
data |> spread() |> yield(name: "spread")
data |> stddev() |> yield(name: "stddev")
data |> skew() |> yield(name: "skew")
data |> median() |> yield(name: "median")
data |> mode() |> yield(name: "mode")
data |> min() |> yield(name: "min")
data |> max() |> yield(name: "max")
data |> first() |> yield(name: "first")
data |> last() |> yield(name: "last")
