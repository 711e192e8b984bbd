// v1 has the functions of schema under their first name
import "influxdata/influxdb/v1"

start = 2020-01-01T00:00:00Z
stop = 2020-02-01T00:00:00Z

v1.measurements(bucket: "test", start: start, stop: stop) |> yield(name: "measurements")
v1.tagKeys(bucket: "test", predicate: (r) => r.host == "b", start: start, stop: stop)
    |> yield(name: "tag keys of host b")
v1.tagValues(bucket: "test", tag: "host", predicate: (r) => r._measurement == "cpu", start: start, stop: stop)
    |> yield(name: "hosts of cpu")
v1.measurementTagKeys(bucket: "test", measurement: "mem", start: start, stop: stop)
    |> yield(name: "tag keys of mem")
v1.measurementTagValues(bucket: "test", measurement: "mem", tag: "host", start: start, stop: stop)
    |> yield(name: "hosts of mem")
v1.fieldKeys(bucket: "test", predicate: (r) => r.host == "a", start: start, stop: stop)
    |> yield(name: "fields of host a")
from(bucket: "test")
    |> range(start: start, stop: stop)
    |> filter(fn: (r) => r.host == "a")
    |> v1.fieldsAsCols()
    |> yield(name: "fields as columns")
