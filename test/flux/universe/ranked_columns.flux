// top, bottom and the families of highest and lowest by other columns, several groups, ties in input order
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, host: "a", zone: "n", load: 3.0, _value: 10},
    {_time: 2024-01-01T00:00:10Z, host: "a", zone: "n", load: 1.0, _value: 20},
    {_time: 2024-01-01T00:00:20Z, host: "b", zone: "n", load: 3.0, _value: 30},
    {_time: 2024-01-01T00:00:30Z, host: "b", zone: "s", load: 2.5, _value: 40},
    {_time: 2024-01-01T00:00:40Z, host: "c", zone: "s", load: 3.0, _value: 5},
])

data |> top(n: 2, columns: ["load"]) |> yield(name: "01 top")
data |> top(n: 3, columns: ["load", "_value"]) |> yield(name: "02 top by two")
data |> bottom(n: 2, columns: ["load"]) |> yield(name: "03 bottom")
data |> bottom(n: 10, columns: ["zone", "load"]) |> yield(name: "04 bottom of few")
data |> highestMax(n: 2, column: "load", groupColumns: ["host"]) |> yield(name: "05 highestMax")
data |> highestAverage(n: 2, column: "load", groupColumns: ["host", "zone"]) |> yield(name: "06 highestAverage")
data |> highestCurrent(n: 1, column: "load", groupColumns: ["zone"]) |> yield(name: "07 highestCurrent")
data |> lowestMin(n: 2, column: "load", groupColumns: ["host"]) |> yield(name: "08 lowestMin")
data |> lowestAverage(n: 1, column: "load", groupColumns: ["host"]) |> yield(name: "09 lowestAverage")
data |> lowestCurrent(n: 2, column: "load", groupColumns: ["host"]) |> yield(name: "10 lowestCurrent")
data |> highestMax(n: 1) |> yield(name: "11 no groups")
