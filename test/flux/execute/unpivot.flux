// columns back to rows
import "array"
import "experimental"
import "internal/debug"

array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, a: 1.0, b: debug.null(type: "float"), host: "h"},
    {_time: 2024-01-01T00:00:01Z, a: 2.0, b: 3.0, host: "h"},
])
    |> group(columns: ["host"])
    |> experimental.unpivot()
