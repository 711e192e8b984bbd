// three parameters are accepted and do nothing, as documented or deprecated
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:01:30Z, at: 2024-01-01T00:02:30Z, host: "a", _value: 1},
    {_time: 2024-01-01T00:03:30Z, at: 2024-01-01T00:04:30Z, host: "a", _value: 2},
])
    |> group(columns: ["host"])

data |> truncateTimeColumn(unit: 1m, timeColumn: "at") |> yield(name: "1 truncateTimeColumn")
data |> map(fn: (r) => ({n: r._value}), mergeKey: true) |> yield(name: "2 map")
data |> sample(n: 2, pos: 1, column: "at") |> yield(name: "3 sample")
