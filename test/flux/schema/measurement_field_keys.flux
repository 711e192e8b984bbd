// measurementFieldKeys of both packages that have it
import "influxdata/influxdb/schema"
import "influxdata/influxdb/v1"

schema.measurementFieldKeys(bucket: "test", measurement: "m", start: 2019-01-01T00:00:00Z) |> sort() |> yield(name: "schema")
v1.measurementFieldKeys(bucket: "test", measurement: "n", start: 2019-01-01T00:00:00Z) |> yield(name: "v1")
