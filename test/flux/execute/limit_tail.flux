// limit and tail with offsets; what they leave of short tables
import "array"

data = array.from(rows: [{v: 1}, {v: 2}, {v: 3}])

data |> limit(n: 2) |> yield(name: "limit")
data |> limit(n: 2, offset: 2) |> yield(name: "offset")
data |> limit(n: 2, offset: 3) |> yield(name: "beyond")
data |> limit(n: 0) |> count(column: "v") |> yield(name: "none")
data |> tail(n: 2) |> yield(name: "tail")
data |> tail(n: 1, offset: 1) |> yield(name: "tail_offset")
data |> tail(n: 1, offset: 5) |> count(column: "v") |> yield(name: "tail_none")
