// keep and drop, by names and by a function; tables merge when keys do
import "array"

data = array.from(rows: [{a: 1, b: 2, k: "x", l: "p"}, {a: 3, b: 4, k: "x", l: "q"}])
    |> group(columns: ["k", "l"])

data |> keep(columns: ["k", "a", "nothing"]) |> yield(name: "keep")
data |> drop(columns: ["l"]) |> yield(name: "drop")
data |> keep(fn: (column) => column =~ /^[ak]/) |> yield(name: "keep_fn")
data |> drop(fn: (column) => column == "b") |> yield(name: "drop_fn")
