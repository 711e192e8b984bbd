// the value has the column's type
import "array"

array.from(rows: [{_value: 1.0}]) |> fill(value: 0)
