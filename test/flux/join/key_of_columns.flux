// joined on several columns, one of them null on both sides: null meets nothing
import "array"
import "internal/debug"
import "join"

left = array.from(rows: [
    {host: "a", port: 1, l: "l1"}, {host: "a", port: 2, l: "l2"}, {host: "b", port: debug.null(type: "int"), l: "l3"},
])
right = array.from(rows: [
    {server: "a", port: 2, r: "r1"}, {server: "b", port: debug.null(type: "int"), r: "r2"}, {server: "a", port: 2, r: "r3"},
])

join.inner(left: left, right: right, on: (l, r) => l.host == r.server and l.port == r.port, as: (l, r) => ({l: l.l, r: r.r}))
    |> yield(name: "1 inner")
join.full(left: left, right: right, on: (l, r) => l.host == r.server and l.port == r.port, as: (l, r) => ({l: l.l, r: r.r}))
    |> yield(name: "2 full")
