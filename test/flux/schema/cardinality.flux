// cardinality: the series that a predicate leaves
import "array"
import "influxdata/influxdb"

bounds = {start: 2019-01-01T00:00:00Z, stop: 2021-01-01T00:00:00Z}

influxdb.cardinality(bucket: "test", start: bounds.start, stop: bounds.stop) |> yield(name: "all")
influxdb.cardinality(bucket: "test", start: bounds.start, stop: bounds.stop, predicate: (r) => r.host == "a") |> yield(name: "host a")
influxdb.cardinality(bucket: "test", start: bounds.start, stop: bounds.stop, predicate: (r) => r.host == "none") |> yield(name: "none")
