// windows that the range cuts to the same bounds are one table, with each row once per window, row after row
import "experimental"

data =
    from(bucket: "test")
        |> range(start: 2024-01-01T00:01:05Z, stop: 2024-01-01T00:02:00Z)

data
    |> experimental.window(every: 1m, period: 2m)
    |> yield(name: "rows")
data
    |> window(every: 1m, period: 3m)
    |> count()
    |> yield(name: "counted")
