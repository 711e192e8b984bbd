// one row per group, then the best of them
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, host: "a", _value: 1.0},
    {_time: 2024-01-01T00:00:01Z, host: "a", _value: 5.0},
    {_time: 2024-01-01T00:00:02Z, host: "b", _value: 4.0},
    {_time: 2024-01-01T00:00:03Z, host: "b", _value: 3.0},
    {_time: 2024-01-01T00:00:04Z, host: "c", _value: 2.0},
])

data |> highestMax(n: 2, groupColumns: ["host"]) |> yield(name: "hmax")
data |> highestAverage(n: 2, groupColumns: ["host"]) |> yield(name: "havg")
data |> highestCurrent(n: 1, groupColumns: ["host"]) |> yield(name: "hcur")
data |> lowestMin(n: 1, groupColumns: ["host"]) |> yield(name: "lmin")
data |> lowestAverage(n: 1, groupColumns: ["host"]) |> yield(name: "lavg")
data |> lowestCurrent(n: 1, groupColumns: ["host"]) |> yield(name: "lcur")
