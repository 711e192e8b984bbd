// from, to and buckets are members of their package too
// then: SELECT time, host, v FROM "test".copy
import "influxdata/influxdb"

influxdb.from(bucket: "test")
    |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-02T00:00:00Z)
    |> set(key: "_measurement", value: "copy")
    |> influxdb.to(bucket: "test")
influxdb.buckets()
    |> filter(fn: (r) => r.name == "test")
    |> keep(columns: ["name", "retentionPolicy", "retentionPeriod"])
    |> yield(name: "buckets")
