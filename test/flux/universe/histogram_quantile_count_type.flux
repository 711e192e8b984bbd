// counts of a histogram are floats
import "array"

array.from(rows: [{le: 1.0, _value: 3}]) |> histogramQuantile(quantile: 0.5)
