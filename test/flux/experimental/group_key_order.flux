// experimental.group: the wider key has its columns in the table's order, as an aggregate shows
import "array"
import "experimental"

data = array.from(rows: [{a: "x", b: "y", c: "z", v: 1}, {a: "x", b: "w", c: "z", v: 2}]) |> group(columns: ["c"])

data |> experimental.group(mode: "extend", columns: ["b", "a"]) |> sum(column: "v") |> yield(name: "two")
data |> experimental.group(mode: "extend", columns: ["a"]) |> sum(column: "v") |> yield(name: "one")
data |> experimental.group(mode: "extend", columns: ["c"]) |> sum(column: "v") |> yield(name: "none")
