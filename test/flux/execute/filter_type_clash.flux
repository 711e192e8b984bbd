// a column of another type is an error
import "array"

array.from(rows: [{a: 1}]) |> drop(columns: ["z"]) |> filter(fn: (r) => r.a == "x")
