// several results of one source, in the order of their names
import "array"

data = array.from(rows: [{v: 3}, {v: 1}, {v: 2}])

data |> sort(columns: ["v"]) |> yield(name: "z")
data |> limit(n: 1) |> yield(name: "a")
data |> max(column: "v") |> yield(name: "m")
