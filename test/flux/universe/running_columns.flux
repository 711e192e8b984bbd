// cumulativeSum, difference, derivative and increase take several columns, one that is not there among them
import "array"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, at: 2024-01-01T00:00:00Z, f: 1.5, i: 10, u: uint(v: 7), s: "a"},
    {_time: 2024-01-01T00:00:10Z, at: 2024-01-01T00:01:00Z, f: debug.null(type: "float"), i: 4, u: uint(v: 9), s: "b"},
    {_time: 2024-01-01T00:00:20Z, at: 2024-01-01T00:02:00Z, f: 4.0, i: 6, u: uint(v: 3), s: "c"},
])

data |> cumulativeSum(columns: ["f", "i", "u", "s", "absent"]) |> yield(name: "sum")
data |> difference(columns: ["f", "i", "u", "absent"]) |> yield(name: "difference")
data |> derivative(columns: ["f", "i", "u", "absent"], unit: 10s) |> yield(name: "derivative")
data |> derivative(columns: ["i"], unit: 1m, timeColumn: "at") |> yield(name: "time")
data |> increase(columns: ["f", "i", "u"]) |> yield(name: "increase")
