// stateChangesOnly: rows whose level differs from the row before, never the first
import "array"
import "influxdata/influxdb/monitor"

data =
    array.from(
        rows: [
            {_source_timestamp: 0, _time: 2020-01-01T00:00:00Z, _level: "ok", c: "1"},
            {_source_timestamp: 1, _time: 2020-01-01T00:00:01Z, _level: "crit", c: "1"},
            {_source_timestamp: 2, _time: 2020-01-01T00:00:02Z, _level: "crit", c: "1"},
            {_source_timestamp: 3, _time: 2020-01-01T00:00:03Z, _level: "warn", c: "1"},
            {_source_timestamp: 4, _time: 2020-01-01T00:00:04Z, _level: "ok", c: "1"},
            {_source_timestamp: 5, _time: 2020-01-01T00:00:05Z, _level: "crit", c: "1"},
        ],
    )
        |> group(columns: ["c", "_level"])

data |> monitor.stateChangesOnly() |> yield(name: "only")
data |> monitor.stateChanges() |> yield(name: "any to any")
data |> monitor.stateChanges(fromLevel: "ok", toLevel: "crit") |> yield(name: "ok to crit")
data |> monitor.stateChanges(toLevel: "warn") |> yield(name: "any to warn")
data |> monitor.stateChanges(fromLevel: "crit") |> yield(name: "crit to any")
