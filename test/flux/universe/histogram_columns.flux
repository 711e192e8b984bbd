// histogram and histogramQuantile under other names of columns, and what lies below the first bound
import "array"

data = array.from(rows: [
    {host: "a", lat: 0.4}, {host: "a", lat: 1.2}, {host: "a", lat: 2.9},
    {host: "b", lat: 7.5}, {host: "b", lat: 0.1},
])
    |> group(columns: ["host"])
counts = data |> histogram(column: "lat", bins: [1.0, 3.0, float(v: "+Inf")], upperBoundColumn: "bound", countColumn: "n")

counts |> yield(name: "1 histogram")
data |> histogram(column: "lat", bins: [8.0, 1.0], normalize: true) |> yield(name: "2 normalize")
counts
    |> histogramQuantile(quantile: 0.5, countColumn: "n", upperBoundColumn: "bound", valueColumn: "q")
    |> yield(name: "3 quantile")
counts
    |> histogramQuantile(quantile: 0.99, countColumn: "n", upperBoundColumn: "bound", valueColumn: "q")
    |> yield(name: "4 infinite bound")
counts
    |> histogramQuantile(quantile: 0.1, countColumn: "n", upperBoundColumn: "bound", minValue: -1.0)
    |> yield(name: "5 minimum")
counts
    |> histogramQuantile(quantile: 0.1, countColumn: "n", upperBoundColumn: "bound", minValue: float(v: "-Inf"))
    |> yield(name: "6 no minimum")
