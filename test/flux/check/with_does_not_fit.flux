// a hidden label is no help where the label itself has another type, or another is missing
// run: diagnose
import "array"

rows = array.from(rows: [{_value: 1, tag: "a"}])
halves = rows |> map(fn: (r) => ({r with _value: 0.5}))

a = union(tables: [rows, halves])
b = union(tables: [halves, array.from(rows: [{_value: 0.5}])])
c = union(tables: [halves, array.from(rows: [{_value: 0.5, tag: "a", more: 1}])])
