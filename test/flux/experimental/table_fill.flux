// table.fill gives a row of nulls to a table without rows
import "array"
import "experimental/table"

array.from(
    rows: [
        {_time: 2020-01-01T00:00:00Z, tag: "a", _value: 1},
        {_time: 2020-01-01T00:00:00Z, tag: "b", _value: 5},
    ],
)
    |> group(columns: ["tag"])
    |> filter(fn: (r) => r._value > 2, onEmpty: "keep")
    |> table.fill()
