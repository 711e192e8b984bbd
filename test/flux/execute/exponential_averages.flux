// EMA, double and triple
import "array"
import "internal/debug"

data = array.from(rows: [{_value: 1.0}, {_value: 2.0}, {_value: 3.0}, {_value: 4.0}, {_value: 5.0}])


data |> exponentialMovingAverage(n: 3) |> yield(name: "ema")
data |> doubleEMA(n: 2) |> yield(name: "double")
data |> tripleEMA(n: 2) |> yield(name: "triple")
array.from(rows: [{_value: 2.0}, {_value: debug.null(type: "float")}, {_value: 5.0}, {_value: debug.null(type: "float")}, {_value: 1.0}])
    |> exponentialMovingAverage(n: 2)
    |> yield(name: "nulls")
array.from(rows: [{_value: 1.0}, {_value: 2.0}, {_value: 4.0}, {_value: 7.0}, {_value: 11.0}])
    |> tripleExponentialDerivative(n: 2)
    |> yield(name: "trix")
data |> tripleExponentialDerivative(n: 3) |> yield(name: "trix_short")
