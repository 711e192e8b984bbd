// a null count is no histogram
import "array"
import "internal/debug"

array.from(rows: [{le: 1.0, _value: debug.null(type: "float")}]) |> histogramQuantile(quantile: 0.5)
