// cov and pearsonr of two streams
import "array"

x = array.from(rows: [{_time: 2024-01-01T00:00:00Z, _value: 1.0}, {_time: 2024-01-01T00:00:01Z, _value: 2.0}])
y = array.from(rows: [{_time: 2024-01-01T00:00:00Z, _value: 3.0}, {_time: 2024-01-01T00:00:01Z, _value: 5.0}])

cov(x: x, y: y, on: ["_time"]) |> yield(name: "cov")
pearsonr(x: x, y: y, on: ["_time"]) |> yield(name: "pearsonr")
