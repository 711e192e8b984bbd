// a null predicate drops the row; null and ... is false
import "array"
import "internal/debug"

data = array.from(rows: [
    {a: 2.0, b: "x"},
    {a: debug.null(type: "float"), b: "x"},
    {a: 2.0, b: "y"},
])

data |> filter(fn: (r) => r.a > 1.0 and r.b == "x") |> yield(name: "and")
data |> filter(fn: (r) => not (r.a > 1.0)) |> yield(name: "not")
data |> filter(fn: (r) => not (r.a > 1.0 and r.b == "x")) |> yield(name: "not_and")
data |> filter(fn: (r) => exists r.a) |> yield(name: "exists")
