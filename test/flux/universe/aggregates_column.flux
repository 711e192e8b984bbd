// every aggregate keeps the name of the column that it works on, but mode, which writes _value
import "array"
import "internal/debug"

data = array.from(rows: [
    {host: "a", f: 1.0, i: 3, u: uint(v: 5), s: "x"},
    {host: "a", f: 4.0, i: 3, u: uint(v: 2), s: "y"},
    {host: "a", f: debug.null(type: "float"), i: -8, u: uint(v: 9), s: "y"},
])
    |> group(columns: ["host"])

data |> spread(column: "i") |> yield(name: "01 spread of int")
data |> spread(column: "u") |> yield(name: "02 spread of uint")
data |> stddev(column: "f", mode: "population") |> yield(name: "03 stddev")
data |> stddev(column: "i") |> yield(name: "04 stddev of int")
data |> skew(column: "i") |> yield(name: "05 skew")
data |> mode(column: "s") |> yield(name: "06 mode")
data |> count(column: "f") |> yield(name: "07 count")
data |> mean(column: "u") |> yield(name: "08 mean of uint")
data |> sum(column: "u") |> yield(name: "09 sum of uint")
data |> distinct(column: "s") |> yield(name: "10 distinct")
data |> unique(column: "s") |> yield(name: "11 unique")
data |> first(column: "f") |> yield(name: "12 first")
data |> last(column: "f") |> yield(name: "13 last")
data |> min(column: "u") |> yield(name: "14 min")
data |> max(column: "i") |> yield(name: "15 max")
