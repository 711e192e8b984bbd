// weeks begin on Thursday, on Monday with an offset of -3d
import "array"

data = array.from(rows: [{_time: 2024-05-15T12:00:00Z, _value: 1}])
    |> range(start: 2024-05-01T00:00:00Z, stop: 2024-06-01T00:00:00Z)

data |> window(every: 1w) |> yield(name: "thursday")
data |> window(every: 1w, offset: -3d) |> yield(name: "monday")
