// columns and keys write the labels into the column that is named
import "array"

data = array.from(rows: [{host: "a", n: 1, _value: 2.0}]) |> group(columns: ["host"])

data |> columns(column: "label") |> yield(name: "1 columns")
data |> keys(column: "label") |> yield(name: "2 keys")
data |> group() |> keys() |> yield(name: "3 no keys")
