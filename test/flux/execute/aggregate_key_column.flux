// a key column cannot be aggregated
import "array"

array.from(rows: [{_value: 1, n: 2}]) |> group(columns: ["n"]) |> sum(column: "n")
