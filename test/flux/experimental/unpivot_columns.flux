// unpivot: fields become rows, nulls are left out, the other columns stay with each row
import "array"
import "experimental"
import "internal/debug"

array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, host: "a", loc: "x", cpu: 1.0, mem: 10.0},
    {_time: 2024-01-01T00:00:10Z, host: "a", loc: "y", cpu: debug.null(type: "float"), mem: 20.0},
])
    |> group(columns: ["host"])
    |> experimental.unpivot(otherColumns: ["_time", "loc"])
