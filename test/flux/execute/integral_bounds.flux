// integral needs the bounds in the key
import "array"

array.from(rows: [{_time: 2024-01-01T00:00:10Z, _value: 1.0}]) |> integral(unit: 1s)
