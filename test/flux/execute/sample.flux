// every n-th row from pos
import "array"

array.from(rows: [{v: 0}, {v: 1}, {v: 2}, {v: 3}, {v: 4}]) |> sample(n: 2, pos: 1)
