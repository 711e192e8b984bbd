// onEmpty keeps or drops tables without rows
import "array"

data = array.from(rows: [{a: 1, k: "x"}, {a: 2, k: "y"}]) |> group(columns: ["k"])

data |> filter(fn: (r) => r.a > 1) |> yield(name: "drop")
data |> filter(fn: (r) => r.a > 1, onEmpty: "keep") |> count(column: "a") |> yield(name: "keep")
