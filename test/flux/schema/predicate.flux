// fieldKeys and tagKeys take a predicate, measurementFieldKeys a stop
import "influxdata/influxdb/schema"

start = 2020-01-01T00:00:00Z
stop = 2020-02-01T00:00:00Z

schema.fieldKeys(bucket: "test", predicate: (r) => r._measurement == "cpu" and r.host == "b", start: start, stop: stop)
    |> yield(name: "fields of host b")
schema.tagKeys(bucket: "test", predicate: (r) => r._measurement == "mem", start: start, stop: stop)
    |> yield(name: "tag keys of mem")
schema.measurementFieldKeys(bucket: "test", measurement: "cpu", start: start, stop: stop)
    |> yield(name: "fields of cpu")
schema.measurementFieldKeys(bucket: "test", measurement: "cpu", start: start, stop: 2020-01-01T00:00:00.000000001Z)
    |> filter(fn: (r) => r._value != "none")
    |> yield(name: "fields of cpu at first")
schema.measurementFieldKeys(bucket: "test", measurement: "cpu", start: 2019-01-01T00:00:00Z, stop: start)
    |> yield(name: "fields of cpu before")
