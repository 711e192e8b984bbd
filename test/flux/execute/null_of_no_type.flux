// nothing says of which type the operands are
from(bucket: "test")
    |> range(start: 2020-01-01T00:00:00Z, stop: 2020-02-01T00:00:00Z)
    |> filter(fn: (r) => r.nothing - r.nobody > 1.0)
