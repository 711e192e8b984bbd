// rows whose member is an untyped null do not decide the column's type, wherever they stand
import "array"

data = array.from(rows: [{n: 1, v: 1.5}, {n: 2, v: 2.5}, {n: 3, v: 3.5}, {n: 4, v: 0.5}]) |> drop(columns: ["z"])
late = (r) => if r.v > 2.0 then r.v else r.nothing

data |> map(fn: (r) => ({n: r.n, a: if r.v > 2.0 then r.v else r.nothing})) |> yield(name: "a branch")
data |> map(fn: (r) => ({n: r.n, a: if r.v > 2.0 then r.nothing else string(v: r.v)})) |> yield(name: "b branch")
data |> map(fn: (r) => ({n: r.n, a: late(r: r), z: r.nothing})) |> yield(name: "c called")
data |> map(fn: (r) => ({r with a: late(r: r), m: r.n * 2})) |> yield(name: "d with")
data |> map(fn: (r) => ({n: r.n, a: if r.v > 2.0 then r.nothing else r.nowhere})) |> yield(name: "e no type")
