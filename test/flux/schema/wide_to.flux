// wideTo: a row is a point, its group key the tags, its other columns fields
// then: SELECT time, host, f, g FROM "test".m ORDER BY time
import "array"
import "influxdata/influxdb"

array.from(
    rows: [
        {_time: 2020-01-01T00:00:00Z, _measurement: "m", host: "a", f: 1.5, g: 2},
        {_time: 2020-01-01T00:01:00Z, _measurement: "m", host: "a", f: 2.5, g: 3},
    ],
)
    |> group(columns: ["_measurement", "host"])
    |> influxdb.wideTo(bucket: "test")
