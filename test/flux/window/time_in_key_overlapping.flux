// windows that end together are regrouped by their ends: one window's rows after the other's
data =
    from(bucket: "test")
        |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)
        |> group(columns: ["_time", "host"])

data
    |> timedMovingAverage(every: 10s, period: 30s)
    |> yield(name: "ends")
data
    |> aggregateWindow(every: 20s, period: 40s, fn: max, timeSrc: "_start", createEmpty: false)
    |> yield(name: "starts")
