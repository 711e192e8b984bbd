// an aggregate of another column
import "array"

array.from(rows: [{_time: 2024-01-01T00:00:10Z, used: 4, free: 6}])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z)
    |> aggregateWindow(every: 30s, fn: sum, column: "free")
