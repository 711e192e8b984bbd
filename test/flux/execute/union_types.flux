// one column cannot have two types
import "array"

a = array.from(rows: [{v: 1}]) |> drop(columns: ["z"])
b = array.from(rows: [{v: 1.0}]) |> drop(columns: ["z"])

union(tables: [a, b])
