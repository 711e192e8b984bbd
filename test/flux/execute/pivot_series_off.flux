// run: explain
// modes: no
// set: fluxtask.disabled_rules = 'order_read'
// the same without the rule
from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T00:01:00Z)
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
