// the oscillators work on the columns that are listed and leave the others; kaufmansAMA has one column
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, a: 1.0, b: 9, _value: "r0"},
    {_time: 2024-01-01T00:00:10Z, a: 2.0, b: 7, _value: "r1"},
    {_time: 2024-01-01T00:00:20Z, a: 4.0, b: 8, _value: "r2"},
    {_time: 2024-01-01T00:00:30Z, a: 3.0, b: 5, _value: "r3"},
])

data |> chandeMomentumOscillator(n: 2, columns: ["a", "b"]) |> yield(name: "cmo")
data |> relativeStrengthIndex(n: 2, columns: ["a", "b"]) |> yield(name: "rsi")
data |> kaufmansAMA(n: 2, column: "b") |> yield(name: "kama")
data |> chandeMomentumOscillator(n: 2, columns: ["absent"]) |> yield(name: "absent")
