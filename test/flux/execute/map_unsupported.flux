// a record member that no column can hold
import "array"

array.from(rows: [{a: 1}]) |> map(fn: (r) => ({a: r.a, d: 1h}))
