// histogramQuantile names the column that it misses
import "array"

array.from(rows: [{le: 1.0, n: 3.0}]) |> histogramQuantile(quantile: 0.5)
