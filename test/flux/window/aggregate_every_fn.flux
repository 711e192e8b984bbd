// aggregateWindow with functions of every kind: what they need is given by a function around them
import "array"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, host: "a", _value: 1.0, n: 7},
    {_time: 2024-01-01T00:00:10Z, host: "a", _value: 3.0, n: 8},
    {_time: 2024-01-01T00:00:20Z, host: "a", _value: debug.null(type: "float"), n: 9},
    {_time: 2024-01-01T00:00:50Z, host: "a", _value: 4.0, n: 6},
])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)
    |> group(columns: ["host", "_start", "_stop"])

data |> aggregateWindow(every: 20s, fn: (column, tables=<-) => tables |> quantile(q: 0.9, column: column)) |> yield(name: "01 quantile")
data |> aggregateWindow(every: 20s, fn: (column, tables=<-) => tables |> stddev(column: column, mode: "population")) |> yield(name: "02 stddev")
data |> aggregateWindow(every: 20s, fn: (column, tables=<-) => tables |> integral(column: column, unit: 10s)) |> yield(name: "03 integral")
data |> aggregateWindow(every: 20s, fn: (column, tables=<-) => tables |> top(n: 1, columns: [column])) |> yield(name: "04 top")
data |> aggregateWindow(every: 20s, fn: (column, tables=<-) => tables |> fill(column: column, value: 0.0) |> sum(column: column)) |> yield(name: "05 fill and sum")
data |> aggregateWindow(every: 20s, fn: (column, tables=<-) => tables |> count(column: column) |> toFloat()) |> yield(name: "06 count and convert")
data |> aggregateWindow(every: 20s, fn: distinct, column: "n") |> yield(name: "07 distinct")
data |> aggregateWindow(every: 20s, fn: mode) |> yield(name: "08 mode")
data |> aggregateWindow(every: 20s, fn: skew) |> yield(name: "09 skew")
data |> aggregateWindow(every: 20s, fn: spread, column: "n") |> yield(name: "10 spread")
data |> aggregateWindow(every: 20s, fn: median, createEmpty: false) |> yield(name: "11 median")
data |> aggregateWindow(every: 20s, fn: last, column: "n", timeSrc: "_time", createEmpty: false) |> yield(name: "12 last")
data |> aggregateWindow(every: 20s, fn: max, timeSrc: "_start", timeDst: "window") |> yield(name: "13 max, timeDst")
data |> aggregateWindow(every: 20s, period: 40s, fn: sum) |> yield(name: "14 period")
data |> aggregateWindow(every: 20s, period: -20s, fn: sum) |> yield(name: "15 negative period")
data |> aggregateWindow(every: 20s, offset: -5s, fn: sum) |> yield(name: "16 negative offset")
