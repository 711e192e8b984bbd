// months are calendar months, cut to the range
import "array"

array.from(rows: [
    {_time: 2024-01-31T00:00:00Z, _value: 1},
    {_time: 2024-02-01T00:00:00Z, _value: 2},
    {_time: 2024-02-29T23:59:59Z, _value: 3},
    {_time: 2024-03-01T00:00:00Z, _value: 4},
])
    |> range(start: 2024-01-15T00:00:00Z, stop: 2024-03-10T00:00:00Z)
    |> aggregateWindow(every: 1mo, fn: sum)
