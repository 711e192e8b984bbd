// tickscript.deadman: few rows are critical, no row at all is one critical row of the measurement
import "array"
import "contrib/bonitoo-io/tickscript"
import "influxdata/influxdb/monitor"

option now = () => 2024-03-01T01:00:00Z
option monitor.write = (tables=<-) => tables

pulses =
    array.from(
        rows: [
            {_time: 2024-03-01T00:00:00Z, _measurement: "pulse", site: "n", _value: 31},
            {_time: 2024-03-01T00:01:00Z, _measurement: "pulse", site: "n", _value: 12},
            {_time: 2024-03-01T00:02:00Z, _measurement: "pulse", site: "s", _value: 3},
        ],
    )
        |> group(columns: ["_measurement", "site"])
check = tickscript.defineCheck(id: "00000000000000aa", name: "alive", type: "deadman")

pulses
    |> tickscript.deadman(check: check, measurement: "pulse", threshold: 1)
    |> yield(name: "some")
pulses
    |> filter(fn: (r) => r._value > 100)
    |> tickscript.deadman(check: check, measurement: "pulse", topic: "pulses")
    |> yield(name: "none")
