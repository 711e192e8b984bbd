// relative strength, momentum, adaptive average
import "array"

data = array.from(rows: [{_value: 1.0}, {_value: 2.0}, {_value: 4.0}, {_value: 3.0}])

array.from(rows: [{_value: 5.0}, {_value: 6.0}, {_value: 4.0}, {_value: 7.0}])
    |> relativeStrengthIndex(n: 2)
    |> yield(name: "rsi")
data |> chandeMomentumOscillator(n: 2) |> yield(name: "cmo")
data |> chandeMomentumOscillator(n: 9) |> count() |> yield(name: "cmo_short")
data |> kaufmansAMA(n: 2) |> yield(name: "kama")
data |> kaufmansER(n: 2) |> yield(name: "ker")
