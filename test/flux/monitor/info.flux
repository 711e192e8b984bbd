// monitor.check asks crit, warn, info and ok in this order; a row that none of them takes is unknown
import "array"
import "influxdata/influxdb/monitor"

option now = () => 2020-02-01T00:00:00Z
option monitor.write = (tables=<-) => tables |> group() |> keep(columns: ["_source_timestamp", "_level", "_value"])

array.from(
    rows: [
        {_measurement: "disk", _time: 1970-01-01T00:00:00.000000001Z, _value: 95.0},
        {_measurement: "disk", _time: 1970-01-01T00:00:00.000000002Z, _value: 85.0},
        {_measurement: "disk", _time: 1970-01-01T00:00:00.000000003Z, _value: 75.0},
        {_measurement: "disk", _time: 1970-01-01T00:00:00.000000004Z, _value: 65.0},
        {_measurement: "disk", _time: 1970-01-01T00:00:00.000000005Z, _value: 55.0},
    ],
)
    |> group(columns: ["_measurement"])
    |> monitor.check(
        data: {_check_id: "1", _check_name: "disk", _type: "threshold", tags: {}},
        crit: (r) => r._value > 90.0,
        warn: (r) => r._value > 80.0,
        info: (r) => r._value > 70.0,
        ok: (r) => r._value <= 60.0,
        messageFn: (r) => r._level,
    )
    |> sort(columns: ["_source_timestamp"])
