// bounds of a histogram cannot replace a column of the group key
import "array"

data = array.from(rows: [
    {_time: 2020-01-01T00:00:00Z, host: "a", n: 1, _value: 1.0},
    {_time: 2020-01-01T00:00:10Z, host: "a", n: 1, _value: 2.0},
])

data |> group(columns: ["n"]) |> histogram(bins: [1.0, 5.0], upperBoundColumn: "n")
