// what "with" replaced is hidden: the record fits wherever one of its new type does, and nowhere else
import "array"
import "testing"

rows = array.from(rows: [{_value: 1, tag: "a"}])
halves = rows |> map(fn: (r) => ({r with _value: float(v: r._value) / 2.0}))

union(tables: [halves, array.from(rows: [{_value: 1.5, tag: "b"}])]) |> yield(name: "1 union")
union(tables: [rows, rows |> map(fn: (r) => ({r with tag: "c", _value: r._value + 1}))]) |> yield(name: "2 same type")
testing.diff(got: halves, want: array.from(rows: [{_value: 0.5, tag: "a"}])) |> yield(name: "3 diff")
halves
    |> map(fn: (r) => ({r with _value: string(v: r._value)}))
    |> map(fn: (r) => ({r with _value: r._value + "!"}))
    |> yield(name: "4 again")
