// holtWinters reads the columns that are named and always writes _time and _value
import "array"

array.from(rows: [
    {at: 2024-01-01T00:00:00Z, load: 10.0, k: "x"},
    {at: 2024-01-01T00:01:00Z, load: 12.0, k: "x"},
    {at: 2024-01-01T00:02:00Z, load: 13.0, k: "x"},
    {at: 2024-01-01T00:03:00Z, load: 15.0, k: "x"},
])
    |> group(columns: ["k"])
    |> holtWinters(n: 2, interval: 1m, column: "load", timeColumn: "at", withMinSSE: true)
    |> map(fn: (r) => ({r with _value: int(v: r._value * 1000.0), minSSE: int(v: r.minSSE * 1000000.0)}))
