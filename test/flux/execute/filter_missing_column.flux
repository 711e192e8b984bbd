// a missing column is null: nothing passes
import "array"

array.from(rows: [{a: 1}]) |> drop(columns: ["z"]) |> filter(fn: (r) => r.b == 1)
