// typed nulls make a column, what is always missing makes none
import "array"
import "internal/debug"

array.from(rows: [{a: 1, b: debug.null(type: "int")}, {a: 2, b: 3}])
    |> drop(columns: ["z"])
    |> map(fn: (r) => ({sum: r.a + r.b, gone: r.nothing, a: r.a}))
