// refused: no table satisfies the function
import "array"

array.from(rows: [{host: "a", _value: 1}]) |> tableFind(fn: (key) => false)
