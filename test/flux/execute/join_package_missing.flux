// where both streams lack a join column the left one is named, whichever is read first
import "join"

a = from(bucket: "test")
    |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T01:00:00Z)
    |> aggregateWindow(every: 5m, fn: sum)
b = from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T01:00:00Z)

join.full(left: a, right: b, on: (l, r) => l.rack == r.rack, as: (l, r) => ({l with other: r._value}))
