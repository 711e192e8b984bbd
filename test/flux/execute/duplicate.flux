// a copy at the end, or in place
import "array"

data = array.from(rows: [{a: 1, b: 2, k: "x"}]) |> group(columns: ["k"])

data |> duplicate(column: "a", as: "c") |> yield(name: "new")
data |> duplicate(column: "k", as: "a") |> yield(name: "over")
data |> duplicate(column: "a", as: "k") |> yield(name: "key")
