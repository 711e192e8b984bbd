// an accumulator from row to row
import "array"

data = array.from(rows: [{v: 1, k: "a"}, {v: 2, k: "a"}, {v: 5, k: "b"}]) |> group(columns: ["k"])

data
    |> reduce(
        fn: (r, accumulator) => ({sum: r.v + accumulator.sum, n: accumulator.n + 1}),
        identity: {sum: 0, n: 0},
    )
