// a missing column is an error with a near name
import "array"

array.from(rows: [{value: 1}]) |> drop(columns: ["x"]) |> sum(column: "valu")
