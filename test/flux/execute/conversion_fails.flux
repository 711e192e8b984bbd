// what cannot be converted stops the script
import "array"

array.from(rows: [{_value: "12"}, {_value: "twelve"}]) |> toInt()
