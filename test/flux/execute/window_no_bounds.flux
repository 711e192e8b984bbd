// window needs a range
import "array"

array.from(rows: [{_time: 2024-05-15T12:00:00Z, _value: 1}]) |> window(every: 1w)
