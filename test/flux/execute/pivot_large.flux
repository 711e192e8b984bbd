// series that outgrow memory: unequal lengths, gaps, texts, a field that begins late
data = from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T02:00:00Z)
  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")

data |> filter(fn: (r) => exists r.late or r.f == 1000.0 or r.g == 3.0) |> drop(columns: ["_start", "_stop"]) |> yield(name: "a")
data |> map(fn: (r) => ({r with t: int(v: r._time)})) |> count(column: "t") |> yield(name: "b")
data |> map(fn: (r) => ({r with n: 1})) |> cumulativeSum(columns: ["n"]) |> filter(fn: (r) => r.n % 500 == 0)
  |> drop(columns: ["_start", "_stop"]) |> yield(name: "c")
data |> map(fn: (r) => ({r with t: int(v: r._time)})) |> difference(columns: ["t"]) |> filter(fn: (r) => r.t < 0)
  |> count(column: "t") |> yield(name: "d")
