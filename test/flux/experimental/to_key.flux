// experimental.to needs the measurement in the key
import "array"
import "experimental"

array.from(rows: [{_time: 2024-01-01T00:00:00Z, _measurement: "cpu", load: 0.5}])
    |> experimental.to(bucket: "test")
