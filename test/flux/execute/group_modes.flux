// by, except, none, missing columns; keys in order
import "array"
import "experimental"

data = array.from(rows: [{v: 1, a: "x", b: "p"}, {v: 2, a: "y", b: "p"}, {v: 3, a: "x", b: "q"}])

data |> group(columns: ["a"]) |> yield(name: "by")
data |> group(columns: ["v"], mode: "except") |> yield(name: "except")
data |> group(columns: ["a", "nothing"]) |> group() |> yield(name: "none")
data |> group(columns: ["a"]) |> experimental.group(mode: "extend", columns: ["b"]) |> yield(name: "extend")
