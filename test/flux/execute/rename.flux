// rename by record and by function
import "array"

data = array.from(rows: [{a: 1, k: "x"}]) |> group(columns: ["k"])

data |> rename(columns: {k: "key", a: "v"}) |> yield(name: "columns")
data |> rename(fn: (column) => "c_" + column) |> yield(name: "fn")
