// a value above the last bin
import "array"

array.from(rows: [{_value: 11.0}]) |> histogram(bins: [10.0])
