// all most frequent values, sorted; null where every value is as frequent
import "array"

f = (values) => array.from(rows: values)

f(values: [{_value: 1}, {_value: 1}, {_value: 2}]) |> mode() |> yield(name: "one")
f(values: [{_value: 1}, {_value: 2}]) |> mode() |> yield(name: "none")
f(values: [{_value: 3}, {_value: 3}, {_value: 3}]) |> mode() |> yield(name: "single")
f(values: [{_value: 2}, {_value: 1}, {_value: 2}, {_value: 1}, {_value: 3}]) |> mode() |> yield(name: "two")
