// windows of points in a bucket whose period is not every: with gaps, overlapping, clipped to the range
data = from(bucket: "test") |> range(start: 2020-01-01T00:00:05Z, stop: 2020-01-01T00:01:00Z)
number = data |> filter(fn: (r) => r._field == "f")

number |> window(every: 20s, period: 5s, createEmpty: true) |> count() |> yield(name: "a gaps")
number |> window(every: 20s, period: 30s) |> max() |> yield(name: "b overlaps")
number |> timedMovingAverage(every: 20s, period: 40s) |> yield(name: "c moving")
number |> aggregateWindow(every: 20s, period: 5s, fn: sum) |> yield(name: "d gaps")
number |> aggregateWindow(every: 30s, period: 40s, fn: min, timeSrc: "_start") |> yield(name: "e overlaps")
data |> filter(fn: (r) => r._field == "s") |> aggregateWindow(every: 20s, period: 25s, fn: last) |> yield(name: "f strings")
number |> window(every: 1m, period: 3m) |> count() |> yield(name: "g around")
