// division by zero stops the script
import "array"

array.from(rows: [{a: 1, b: 1}, {a: 1, b: 0}]) |> map(fn: (r) => ({q: r.a / r.b}))
