// tables of one key become one, in the order of the arguments; columns are united
import "array"

a = array.from(rows: [{v: 1, k: "x"}, {v: 2, k: "y"}]) |> group(columns: ["k"])
b = array.from(rows: [{v: 3, k: "x", extra: true}]) |> drop(columns: ["z"]) |> group(columns: ["k"])

union(tables: [b, a])
