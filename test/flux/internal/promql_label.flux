// a label is a column of the group key
import "array"
import "internal/promql"

array.from(rows: [{_time: 2024-01-01T00:00:00Z, _value: 1.0, host: "a"}])
    |> promql.labelReplace(source: "host", destination: "x", regex: "a", replacement: "b")
