// a long pipeline of everyday calls
// run: diagnose
import "date"
option task = {name: "t", every: 1h, offset: 5m}
from(bucket: "b")
  |> range(start: -task.every, stop: now())
  |> filter(fn: (r) => r._measurement == "cpu" and r._field =~ /^usage_/ and r._value > 0.0)
  |> group(columns: ["host", "_field"])
  |> aggregateWindow(every: 5m, fn: mean, createEmpty: false)
  |> fill(usePrevious: true)
  |> derivative(unit: 1s, nonNegative: true)
  |> map(fn: (r) => ({r with hour: date.hour(t: r._time), level: if r._value > 90.0 then "crit" else "ok"}))
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> rename(columns: {usage_user: "user"})
  |> sort(columns: ["_time"], desc: true)
  |> limit(n: 10)
  |> yield(name: "x")
