// refused: the table has no such row
import "array"

array.from(rows: [{v: display(v: array.from(rows: [{a: 1}]) |> tableFind(fn: (key) => true) |> getRecord(idx: 1))}])
