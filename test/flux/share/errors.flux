// a type that one of the aggregates does not take is refused as ever
data = from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T06:00:00Z)

data |> filter(fn: (r) => r._field == "s") |> count() |> yield(name: "a")
data |> filter(fn: (r) => r._field == "s") |> mean() |> yield(name: "b")
