// labels as rows
import "array"

data = array.from(rows: [{v: 1, k: "x", l: "y"}]) |> group(columns: ["k", "l"])

data |> columns() |> yield(name: "columns")
data |> keys() |> yield(name: "keys")
data |> keyValues(keyColumns: ["l", "k"]) |> yield(name: "keyValues")
