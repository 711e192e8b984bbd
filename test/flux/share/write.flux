// one task writes several aggregates of one source
// then: SELECT host, dc, count(*), min(time), max(time), sum(mean), sum(min), sum(max), sum(count), sum(sum) FROM "test".agg GROUP BY 1, 2 ORDER BY 1, 2
data = from(bucket: "test")
  |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T06:00:00Z)
  |> filter(fn: (r) => r._measurement == "m" and r._field == "f")
write = (tables=<-, field) => tables
  |> set(key: "_field", value: field)
  |> set(key: "_measurement", value: "agg")
  |> to(bucket: "test")

data |> aggregateWindow(every: 1h, fn: mean) |> write(field: "mean")
data |> aggregateWindow(every: 1h, fn: min) |> write(field: "min")
data |> aggregateWindow(every: 1h, fn: max) |> write(field: "max")
data |> aggregateWindow(every: 1h, fn: count) |> write(field: "count")
data |> aggregateWindow(every: 1h, fn: sum) |> write(field: "sum")
