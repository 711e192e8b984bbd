// distinct values, first rows of values
import "array"
import "internal/debug"

data = array.from(rows: [
    {v: 2, s: "x"},
    {v: 1, s: "y"},
    {v: 2, s: "z"},
    {v: debug.null(type: "int"), s: "x"},
    {v: debug.null(type: "int"), s: "w"},
])
    |> drop(columns: ["z"])

data |> distinct(column: "v") |> yield(name: "distinct")
data |> unique(column: "v") |> yield(name: "unique")
data |> group(columns: ["s"]) |> distinct(column: "s") |> yield(name: "key")
data |> distinct(column: "nothing") |> yield(name: "missing")
