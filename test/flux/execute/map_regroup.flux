// a key column that varies by row splits the table; equal keys merge
import "array"

data = array.from(rows: [{v: 1, k: "a"}, {v: 2, k: "a"}, {v: 3, k: "b"}]) |> group(columns: ["k"])

data |> map(fn: (r) => ({r with k: if r.v == 1 then "one" else "more"}))
