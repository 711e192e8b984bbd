// refused: unknown function
from(bucket: "test") |> range(start: -1h) |> maen()
