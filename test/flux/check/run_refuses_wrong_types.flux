// a script with a type error is not run
// run: csv
import "array"
array.from(rows: [{a: 1}]) |> map(fn: (r) => ({r with a: r.a + "x"}))
