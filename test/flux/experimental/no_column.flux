// experimental's functions of universe, which know no column but _value
import "array"
import "experimental"

data =
    array.from(
        rows: [
            {_time: 2020-01-01T00:00:10Z, _value: 1.0, tag: "a"},
            {_time: 2020-01-01T00:00:50Z, _value: 4.0, tag: "a"},
            {_time: 2020-01-01T00:01:10Z, _value: 4.0, tag: "a"},
            {_time: 2020-01-01T00:00:30Z, _value: 2.5, tag: "b"},
        ],
    )
        |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T00:02:00Z)
        |> group(columns: ["_start", "_stop", "tag"])

data |> experimental.count() |> yield(name: "count")
data |> experimental.mean() |> yield(name: "mean")
data |> experimental.sum() |> yield(name: "sum")
data |> experimental.spread() |> yield(name: "spread")
data |> experimental.mode() |> yield(name: "mode")
data |> experimental.distinct() |> yield(name: "distinct")
data |> experimental.unique() |> yield(name: "unique")
data |> experimental.first() |> yield(name: "first")
data |> experimental.last() |> yield(name: "last")
data |> experimental.min() |> yield(name: "min")
data |> experimental.max() |> yield(name: "max")
data |> experimental.window(every: 1m) |> experimental.count() |> yield(name: "window")
