// several aggregates of one source share a scan and answer as scans of their own
data = from(bucket: "test")
  |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T06:00:00Z)
  |> filter(fn: (r) => r._measurement == "m" and (r._field == "f" or r._field == "i" or r._field == "u"))

data |> aggregateWindow(every: 30m, fn: mean) |> yield(name: "mean")
data |> aggregateWindow(every: 30m, fn: min, createEmpty: false) |> yield(name: "min")
data |> aggregateWindow(every: 1h, fn: max, timeSrc: "_start") |> yield(name: "max")
data |> aggregateWindow(every: 45m, offset: 7m, fn: sum, createEmpty: false) |> yield(name: "sum")

data |> count() |> yield(name: "count")
data |> last() |> yield(name: "last")
data |> first() |> yield(name: "first")
data |> max() |> yield(name: "max_row")
data |> aggregateWindow(every: 2h, fn: (column, tables=<-) => tables |> quantile(q: 0.9, column: column)) |> yield(name: "quantile")
data |> filter(fn: (r) => r._field == "f") |> group(columns: ["dc"]) |> min() |> yield(name: "group_min")
