// onNonmonotonic is one of three words
import "array"

array.from(rows: [{le: 1.0, _value: 1.0}]) |> histogramQuantile(quantile: 0.5, onNonmonotonic: "skip")
