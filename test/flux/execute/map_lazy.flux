// what is not needed is not computed
import "array"

array.from(rows: [{a: 1, b: 1}, {a: 1, b: 0}])
    |> map(fn: (r) => ({q: if r.b == 0 then -1 else r.a / r.b, p: r.b != 0 and r.a / r.b == 1}))
