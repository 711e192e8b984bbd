// toInt and its kin on _value; null stays null
import "array"
import "internal/debug"

data = array.from(rows: [{_value: 1.9}, {_value: debug.null(type: "float")}, {_value: -2.5}])

data |> toInt() |> yield(name: "int")
data |> toString() |> yield(name: "string")
array.from(rows: [{_value: "12"}, {_value: "-3"}]) |> toInt() |> yield(name: "parsed")
array.from(rows: [{_value: 0}, {_value: 1}]) |> toBool() |> yield(name: "bool")
array.from(rows: [{_value: "2024-01-01T00:00:00Z"}]) |> toTime() |> yield(name: "time")
array.from(rows: [{_value: 7}]) |> toUInt() |> toFloat() |> yield(name: "float")
