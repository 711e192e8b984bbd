// alignTime moves each table so that its first row stands at alignTo
import "array"
import "experimental"

data =
    array.from(
        rows: [
            {_time: 2020-01-01T00:00:10Z, host: "a", _value: 1},
            {_time: 2020-01-01T00:00:30Z, host: "a", _value: 2},
            {_time: 2020-01-02T00:00:00Z, host: "b", _value: 3},
        ],
    )
        |> group(columns: ["host"])

data |> experimental.alignTime(alignTo: 2021-01-01T00:00:00Z) |> yield(name: "aligned")
data |> experimental.alignTime() |> yield(name: "epoch")
