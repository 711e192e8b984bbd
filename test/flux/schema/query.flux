// experimental/query: from, range and filters under other names
import "experimental/query"

query.inBucket(
    bucket: "test",
    measurement: "cpu",
    start: 2020-01-01T00:00:00Z,
    stop: 2020-02-01T00:00:00Z,
    fields: ["usage"],
    predicate: (r) => r.host == "a",
)
    |> yield(name: "inBucket")
query.fromRange(bucket: "test", start: 2020-01-01T00:00:00Z, stop: 2020-02-01T00:00:00Z)
    |> query.filterMeasurement(measurement: "mem")
    |> query.filterFields(fields: ["used"])
    |> yield(name: "steps")
