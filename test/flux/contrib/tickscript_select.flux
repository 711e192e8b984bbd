// tickscript.select, compute, selectWindow, groupBy and join
import "array"
import "contrib/bonitoo-io/tickscript"

data =
    array.from(
        rows: [
            {_time: 2024-03-01T00:00:00Z, _measurement: "m", site: "n", _value: 3, other: 7},
            {_time: 2024-03-01T00:00:30Z, _measurement: "m", site: "n", _value: 4, other: 8},
            {_time: 2024-03-01T00:02:00Z, _measurement: "m", site: "s", _value: 5, other: 9},
        ],
    )
        |> group(columns: ["site"])

data |> tickscript.select(as: "v") |> yield(name: "1 rename")
data |> tickscript.select(column: "other", as: "o", fn: max) |> yield(name: "2 selector")
data |> tickscript.compute(as: "total", fn: sum) |> yield(name: "3 aggregate")
data
    |> range(start: 2024-03-01T00:00:00Z, stop: 2024-03-01T00:03:00Z)
    |> tickscript.selectWindow(as: "total", fn: sum, every: 1m, defaultValue: -1)
    |> yield(name: "4 windows")
data |> tickscript.groupBy(columns: ["other"]) |> yield(name: "5 group")
tickscript.join(tables: {a: data, b: data}, on: ["_time", "site"], measurement: "both")
    |> yield(name: "6 join")
