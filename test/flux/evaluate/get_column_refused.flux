// refused: the table has no such column
import "array"

array.from(rows: [{v: display(v: array.from(rows: [{apple: 1}]) |> tableFind(fn: (key) => true) |> getColumn(column: "aple"))}])
