// refused: mean of strings
option now = () => 2024-01-01T01:00:00Z
from(bucket: "test") |> range(start: -1h) |> mean()
