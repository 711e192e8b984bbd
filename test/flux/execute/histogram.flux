// cumulative counts; the last bin must hold everything
import "array"

data = array.from(rows: [{_value: 1.0}, {_value: 1.5}, {_value: 3.0}, {_value: 9.0}])

data |> histogram(bins: [2.0, 1.0, 4.0, 10.0]) |> yield(name: "counts")
data |> histogram(bins: linearBins(start: 0.0, width: 5.0, count: 2), normalize: true) |> yield(name: "shares")
data |> histogram(bins: logarithmicBins(start: 1.0, factor: 2.0, count: 4), upperBoundColumn: "b", countColumn: "n") |> yield(name: "names")
