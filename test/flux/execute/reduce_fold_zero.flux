// an operator's error has its place
from(bucket: "test")
    |> range(start: 2020-01-01T00:00:00Z, stop: 2020-02-01T00:00:00Z)
    |> filter(fn: (r) => r._field == "n")
    |> reduce(
        fn: (r, accumulator) => ({n: accumulator.n + 7 / (r._value - 3)}),
        identity: {n: 0},
    )
