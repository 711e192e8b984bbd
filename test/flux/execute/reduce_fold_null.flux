// a null cannot be what is left
from(bucket: "test")
    |> range(start: 2020-01-01T00:00:00Z, stop: 2020-02-01T00:00:00Z)
    |> filter(fn: (r) => r._field == "v")
    |> reduce(fn: (r, accumulator) => ({sum: accumulator.sum + (if r._value > 3.0 then r.nothing else r._value)}), identity: {sum: 0.0})
