// types: sum keeps int and uint, mean is float
import "array"

ints = array.from(rows: [{_value: 9223372036854775807}, {_value: 1}])
uints = array.from(rows: [{_value: uint(v: 3)}, {_value: uint(v: 5)}])

ints |> sum() |> yield(name: "sum")
uints |> sum() |> yield(name: "usum")
uints |> mean() |> yield(name: "umean")
uints |> spread() |> yield(name: "uspread")
ints |> max() |> yield(name: "max")
