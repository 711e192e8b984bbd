// a filter drops rows whose condition is null; "not (null and x)" is true
import "array"
import "internal/debug"

rows = [{id: 1, a: 2, b: "x"}, {id: 2, a: debug.null(type: "int"), b: "x"}]

array.from(rows: rows) |> filter(fn: (r) => r.a > 1 and r.b == "x") |> yield(name: "and")
array.from(rows: rows) |> filter(fn: (r) => not (r.a > 1)) |> yield(name: "not")
array.from(rows: rows) |> filter(fn: (r) => not (r.a > 1 and r.b == "x")) |> yield(name: "not_and")
array.from(rows: rows) |> filter(fn: (r) => r.a > 1 or r.b == "x") |> yield(name: "or")
