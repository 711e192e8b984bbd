// an empty window is a table: aggregates answer it, selectors leave it empty, count is 0
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:05Z, host: "a", _value: 1.0},
    {_time: 2024-01-01T00:00:55Z, host: "a", _value: 3.0},
    {_time: 2024-01-01T00:00:25Z, host: "b", _value: 5.0},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)
    |> group(columns: ["host", "_start", "_stop"])
    |> window(every: 20s, createEmpty: true)

data |> count() |> group(columns: ["host"]) |> yield(name: "1 count")
data |> sum() |> group(columns: ["host"]) |> yield(name: "2 sum")
data |> max() |> group(columns: ["host"]) |> yield(name: "3 max")
data |> integral(unit: 1s) |> group(columns: ["host"]) |> yield(name: "4 integral")
data |> mode() |> group(columns: ["host"]) |> yield(name: "5 mode")
data |> distinct() |> group(columns: ["host"]) |> yield(name: "6 distinct")
data |> quantile(q: 0.5, method: "exact_mean") |> group(columns: ["host"]) |> yield(name: "7 quantile")
data |> quantile(q: 0.5, method: "exact_selector") |> group(columns: ["host"]) |> yield(name: "8 selector")
data
    |> reduce(identity: {n: 0}, fn: (r, accumulator) => ({n: accumulator.n + 1}))
    |> group(columns: ["host"])
    |> yield(name: "9 reduce")
