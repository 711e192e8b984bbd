// refused: empty range
from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T00:00:00Z)
