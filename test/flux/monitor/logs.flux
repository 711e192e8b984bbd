// monitor.from reads statuses, monitor.logs notifications; fn sees their rows before the fields become columns
import "influxdata/influxdb/monitor"

option now = () => 2020-02-01T00:00:00Z

start = 2020-01-01T00:00:00Z
stop = 2020-01-01T01:00:00Z

monitor.from(start: start, stop: stop, fn: (r) => r._level == "crit") |> yield(name: "statuses")
monitor.logs(start: start, fn: (r) => r._sent == "true") |> yield(name: "sent")
monitor.logs(start: start, stop: stop, fn: (r) => r._field == "n") |> yield(name: "numbers")
