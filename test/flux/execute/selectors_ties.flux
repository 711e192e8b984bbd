// min and max take the first of equal values; first and last go by position
import "array"

data = array.from(rows: [
    {_value: 2, tag: "a"},
    {_value: 1, tag: "b"},
    {_value: 1, tag: "c"},
    {_value: 2, tag: "d"},
])

data |> min() |> yield(name: "min")
data |> max() |> yield(name: "max")
data |> first() |> yield(name: "first")
data |> last() |> yield(name: "last")
