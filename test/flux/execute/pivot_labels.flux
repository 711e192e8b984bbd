// several column keys, nulls and numbers in labels, later values win
import "array"
import "internal/debug"

data = array.from(rows: [
    {r: 1, a: "x", n: 1.5, v: 1},
    {r: 1, a: debug.null(type: "string"), n: 2.0, v: 2},
    {r: 1, a: "x", n: 1.5, v: 3},
    {r: 2, a: "y", n: 10.0, v: 4},
])

data |> pivot(rowKey: ["r"], columnKey: ["a", "n"], valueColumn: "v") |> yield(name: "two")
