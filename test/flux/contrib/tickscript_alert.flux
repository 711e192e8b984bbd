// tickscript.alert: id and details of each row, then monitor.check with what the check says
import "array"
import "contrib/bonitoo-io/tickscript"
import "influxdata/influxdb/monitor"

option now = () => 2024-03-01T01:00:00Z
option monitor.write = (tables=<-) => tables

array.from(
    rows: [
        {_time: 2024-03-01T00:00:00Z, _measurement: "queue", site: "n", _value: 31},
        {_time: 2024-03-01T00:01:00Z, _measurement: "queue", site: "n", _value: 12},
        {_time: 2024-03-01T00:02:00Z, _measurement: "queue", site: "n", _value: 3},
    ],
)
    |> group(columns: ["_measurement", "site"])
    |> tickscript.alert(
        check: tickscript.defineCheck(id: "00000000000000aa", name: "length", type: "threshold"),
        id: (r) => "${r._check_id}/${r.site}",
        details: (r) => "of ${r.id}",
        message: (r) => "${r.id}: ${r._level} at ${r._value}",
        crit: (r) => r._value > 30,
        warn: (r) => r._value > 10,
        topic: "queues",
    )
