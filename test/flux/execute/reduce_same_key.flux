// two tables must not end with one key
import "array"

array.from(rows: [{v: 1, k: "a"}, {v: 5, k: "b"}])
    |> group(columns: ["k"])
    |> reduce(fn: (r, accumulator) => ({k: "same", n: accumulator.n + r.v}), identity: {k: "", n: 0})
