// monitor.check: levels, messages, statuses written to the bucket _monitoring
// then: SELECT record->>'_level', record->>'_message', record->>'_time', record->>'usage' FROM flux.query_json($$import "influxdata/influxdb/monitor" option now = () => 2020-02-02T00:00:00Z monitor.from(start: 2020-01-01T00:00:00Z) |> group() |> sort(columns: ["usage"])$$)
import "influxdata/influxdb/monitor"
import "influxdata/influxdb/schema"

option now = () => 2020-02-01T00:00:00Z

from(bucket: "test")
    |> range(start: 2020-01-01T00:00:00Z)
    |> schema.fieldsAsCols()
    |> monitor.check(
        data: {_check_id: "1", _check_name: "load", _type: "threshold", tags: {team: "x"}},
        crit: (r) => r.usage > 90.0,
        warn: (r) => r.usage > 80.0,
        ok: (r) => r.usage < 50.0,
        messageFn: (r) => "${r._check_name} is ${r._level}",
    )
