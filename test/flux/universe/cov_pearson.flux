// cov and pearsonr of two streams; pearsonr is cov, normalized
import "array"

x = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 1.0},
    {_time: 2024-01-01T00:00:10Z, _value: 2.0},
    {_time: 2024-01-01T00:00:20Z, _value: 4.0},
])
y = array.from(rows: [
    {_time: 2024-01-01T00:00:20Z, _value: 9.0},
    {_time: 2024-01-01T00:00:10Z, _value: 5.0},
    {_time: 2024-01-01T00:00:00Z, _value: 3.0},
    {_time: 2024-01-01T00:00:30Z, _value: 100.0},
])

cov(x: x, y: y, on: ["_time"]) |> yield(name: "1 cov")
cov(x: x, y: y, on: ["_time"], pearsonr: true) |> yield(name: "2 pearsonr")
pearsonr(x: x, y: y, on: ["_time"]) |> yield(name: "3 pearsonr")
