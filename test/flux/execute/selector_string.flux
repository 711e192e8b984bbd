// max of a string column is refused
import "array"

array.from(rows: [{_value: "a"}]) |> max()
