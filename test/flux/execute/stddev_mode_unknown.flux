// an unknown mode is refused
import "array"

array.from(rows: [{_value: 2.0}]) |> stddev(mode: "both")
