// monitor.notify maps every row through the endpoint and logs that it did
import "array"
import "influxdata/influxdb/monitor"

option now = () => 2020-02-01T00:00:00Z
option monitor.log = (tables=<-) => tables |> drop(columns: ["_value"])

array.from(
    rows: [
        {_time: 2020-01-01T00:00:00Z, _measurement: "statuses", _level: "crit", _value: 1.0},
    ],
)
    |> group(columns: ["_measurement", "_level"])
    |> monitor.notify(
        data: {_notification_rule_id: "r1"},
        endpoint: (tables=<-) => tables |> map(fn: (r) => ({r with _sent: "true"})),
    )
