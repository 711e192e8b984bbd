// a string in every row; the key follows
import "array"
import "experimental"

data = array.from(rows: [{a: 1, k: "x"}, {a: 2, k: "y"}]) |> group(columns: ["k"])

data |> set(key: "s", value: "v") |> yield(name: "new")
data |> set(key: "k", value: "v") |> yield(name: "key")
data |> experimental.set(o: {k: "z", n: 7}) |> yield(name: "experimental")
