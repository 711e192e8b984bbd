// map gives exactly the record's columns, sorted; the key keeps what is left of it
import "array"

data = array.from(rows: [{b: 1, a: "x", k: "k1"}, {b: 2, a: "y", k: "k2"}]) |> group(columns: ["k"])

data |> map(fn: (r) => ({z: r.b * 2, k: r.k})) |> yield(name: "key_kept")
data |> map(fn: (r) => ({z: r.b * 2})) |> yield(name: "key_gone")
data |> map(fn: (r) => ({r with c: r.a + r.k})) |> yield(name: "with")
