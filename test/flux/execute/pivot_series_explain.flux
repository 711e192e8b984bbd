// run: explain
// modes: no
// where a leaf gives together what pivot makes one table of, and where it does not
data = from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T00:01:00Z)
other = from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T00:02:00Z)

data |> filter(fn: (r) => r._value > 1.0 and r._value != length(arr: [1.0])) |> sort()
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> yield(name: "a")
data |> limit(n: 1) |> pivot(rowKey: ["_time"], columnKey: ["_field", "host"], valueColumn: "_value") |> yield(name: "b")
data |> limit(n: 2) |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "host") |> yield(name: "c")
data |> limit(n: 3) |> group(columns: ["host", "_field"]) |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
  |> yield(name: "d")
other |> mean() |> pivot(rowKey: ["host"], columnKey: ["_field"], valueColumn: "_value") |> yield(name: "e")
other |> sum() |> yield(name: "f")
data |> limit(n: 4) |> toFloat() |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> yield(name: "g")
data |> limit(n: 5) |> map(fn: (r) => ({r with host: "c"}))
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> yield(name: "h")
