// the function of map takes r and returns any record
// run: diagnose
from(bucket: "b") |> range(start: -1h) |> map(fn: (row) => row)
from(bucket: "b") |> range(start: -1h) |> map(fn: (r) => ({v: r._value * 2.0}))
from(bucket: "b") |> range(start: -1h) |> map(fn: (r) => ({v: r._measurement + 1}))
