// uint gives int; columns that are not there are ignored
import "array"

data = array.from(rows: [{u: uint(v: 5), s: "a"}, {u: uint(v: 3), s: "b"}])

data |> difference(columns: ["u", "nothing"])
