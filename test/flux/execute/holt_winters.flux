// forecasts, with and without season
import "array"
import "math"

array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 10.0},
    {_time: 2024-01-01T00:00:10Z, _value: 12.0},
    {_time: 2024-01-01T00:00:20Z, _value: 13.0},
    {_time: 2024-01-01T00:00:30Z, _value: 15.0},
])
    |> holtWinters(n: 2, interval: 10s, withFit: true, withMinSSE: true)
    |> map(fn: (r) => ({r with _value: math.round(x: r._value * 1000000.0) / 1000000.0, minSSE: math.round(x: r.minSSE * 1000000.0) / 1000000.0}))
    |> yield(name: "fit")
array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 1.0},
    {_time: 2024-01-01T00:00:10Z, _value: 3.0},
    {_time: 2024-01-01T00:00:20Z, _value: 2.0},
    {_time: 2024-01-01T00:00:30Z, _value: 4.0},
    {_time: 2024-01-01T00:00:40Z, _value: 3.0},
    {_time: 2024-01-01T00:00:50Z, _value: 5.0},
])
    |> holtWinters(n: 2, interval: 10s, seasonality: 2)
    |> map(fn: (r) => ({r with _value: math.round(x: r._value * 1000000.0) / 1000000.0}))
    |> yield(name: "season")
