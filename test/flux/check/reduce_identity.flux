// identity and accumulator of reduce have one type
// run: diagnose
data = from(bucket: "b") |> range(start: -1h)
a = data |> reduce(fn: (r, accumulator) => ({n: accumulator.n + 1}), identity: {n: 0})
b = data |> reduce(fn: (r, accumulator) => ({n: accumulator.n + 1}), identity: {n: 0.0})
c = data |> reduce(fn: (r, accumulator) => ({m: 1}), identity: {n: 0})
