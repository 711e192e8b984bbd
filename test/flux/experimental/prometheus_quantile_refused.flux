// prometheus.histogramQuantile knows two versions of metrics
import "csv"
import "experimental/prometheus"

csv.from(csv: "le,_field,_value\n1,a,2\n", mode: "raw")
    |> prometheus.histogramQuantile(quantile: 0.5, metricVersion: 3)
