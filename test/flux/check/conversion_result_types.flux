// toFloat and its kin give _value a new type, whatever type it had
import "array"
import "math"
import "strings"

rows = array.from(rows: [{_value: 9, tag: "a"}, {_value: 16, tag: "b"}])

rows
    |> toFloat()
    |> map(fn: (r) => ({r with root: math.sqrt(x: r._value)}))
    |> yield(name: "float")
rows
    |> toString()
    |> map(fn: (r) => ({r with doubled: strings.repeat(v: r._value, i: 2)}))
    |> yield(name: "string")
rows
    |> toUInt()
    |> map(fn: (r) => ({r with next: r._value + uint(v: 1)}))
    |> yield(name: "uint")
rows
    |> toTime()
    |> map(fn: (r) => ({r with same: r._value == 1970-01-01T00:00:00.000000009Z}))
    |> yield(name: "time")
array.from(rows: [{_value: "1"}])
    |> toInt()
    |> map(fn: (r) => ({r with next: r._value + 1}))
    |> yield(name: "int")
array.from(rows: [{_value: 0}])
    |> toBool()
    |> map(fn: (r) => ({r with other: not r._value}))
    |> yield(name: "bool")
union(tables: [rows |> toFloat(), array.from(rows: [{_value: 0.5, tag: "c"}])])
    |> filter(fn: (r) => r._value < 10.0)
    |> yield(name: "union")
