// experimental.to writes rows of fields: tags are the key, what is null is left out
// then: SELECT time, host, load, note FROM "test".cpu ORDER BY time
import "array"
import "experimental"
import "internal/debug"

array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _measurement: "cpu", host: "a", load: 0.5, note: "first"},
    {_time: 2024-01-01T00:00:10Z, _measurement: "cpu", host: "a", load: debug.null(type: "float"), note: "second"},
])
    |> group(columns: ["_measurement", "host"])
    |> experimental.to(bucket: "test")
