// range needs _time
import "array"

array.from(rows: [{at: 2024-01-01T00:00:00Z, _value: 1}]) |> drop(columns: ["z"]) |> range(start: 2024-01-02T00:00:00Z, stop: 2024-01-03T00:00:00Z)
