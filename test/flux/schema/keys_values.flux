// schema and v1: what a bucket holds
import "influxdata/influxdb/schema"
import "influxdata/influxdb/v1"

start = 2020-01-01T00:00:00Z
stop = 2020-02-01T00:00:00Z

schema.measurements(bucket: "test", start: start, stop: stop) |> yield(name: "measurements")
schema.tagKeys(bucket: "test", start: start, stop: stop) |> yield(name: "tag keys")
schema.tagValues(bucket: "test", tag: "host", start: start, stop: stop)
    |> yield(name: "tag values")
schema.tagValues(
    bucket: "test",
    tag: "host",
    predicate: (r) => r._measurement == "mem",
    start: start,
    stop: stop,
)
    |> yield(name: "tag values of mem")
schema.measurementTagKeys(bucket: "test", measurement: "mem", start: start, stop: stop)
    |> yield(name: "tag keys of mem")
schema.measurementTagValues(
    bucket: "test",
    measurement: "cpu",
    tag: "host",
    start: start,
    stop: stop,
)
    |> yield(name: "tag values of cpu")
schema.fieldKeys(bucket: "test", start: start, stop: stop) |> yield(name: "fields")
v1.measurementFieldKeys(bucket: "test", measurement: "mem", start: start, stop: stop)
    |> yield(name: "fields of mem")
