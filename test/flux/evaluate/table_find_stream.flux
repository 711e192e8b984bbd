// the table that tableFind gives can be used as a stream
import "array"

array.from(rows: [{host: "a", _value: 1}, {host: "b", _value: 2}])
    |> group(columns: ["host"])
    |> tableFind(fn: (key) => key.host == "b")
    |> map(fn: (r) => ({r with _value: r._value * 10}))
