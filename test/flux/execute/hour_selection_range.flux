// hours are 0 to 23
import "array"

array.from(rows: [{_time: 2024-01-01T08:59:59Z}]) |> hourSelection(start: 9, stop: 24)
