// deadman: the latest row of each table, and whether it is too old
import "array"
import "influxdata/influxdb/monitor"

array.from(
    rows: [
        {_time: 2020-01-01T00:00:00Z, host: "a", v: 1},
        {_time: 2020-01-01T00:01:00Z, host: "a", v: 2},
        {_time: 2020-01-01T00:05:00Z, host: "b", v: 3},
    ],
)
    |> group(columns: ["host"])
    |> monitor.deadman(t: 2020-01-01T00:02:00Z)
