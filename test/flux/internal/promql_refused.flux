// a smoothing factor must lie between 0 and 1
import "array"
import "internal/promql"

array.from(rows: [{_time: 2024-01-01T00:00:00Z, _value: 1.0}])
    |> promql.holtWinters(smoothingFactor: 1.5, trendFactor: 0.1)
