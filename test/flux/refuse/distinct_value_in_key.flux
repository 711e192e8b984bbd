// distinct values of another column cannot go into a _value that is in the group key
import "array"

data = array.from(rows: [
    {_time: 2020-01-01T00:00:00Z, host: "a", n: 1, _value: 1.0},
    {_time: 2020-01-01T00:00:10Z, host: "a", n: 1, _value: 2.0},
])

data |> group(columns: ["_value"]) |> distinct(column: "host")
