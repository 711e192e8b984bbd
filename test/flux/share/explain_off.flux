// without the rule every leaf reads alone; equal leaves too
// run: explain
// modes: no
// set: fluxtask.disabled_rules = 'share_scan'
data = from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T06:00:00Z)

data |> yield(name: "raw")
data |> mean() |> yield(name: "mean")
data |> aggregateWindow(every: 1h, fn: max) |> yield(name: "max")
data |> filter(fn: (r) => r.host == "a") |> mean() |> yield(name: "other")
from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T06:00:00Z) |> mean() |> yield(name: "again")
data |> last() |> yield(name: "last")
