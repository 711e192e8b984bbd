// the function of filter takes r and returns a bool
// run: diagnose
from(bucket: "b") |> range(start: -1h) |> filter(fn: (r) => r._value)
from(bucket: "b") |> range(start: -1h) |> filter(fn: (r) => "x")
from(bucket: "b") |> range(start: -1h) |> filter(fn: (r) => r.host =~ "x")
