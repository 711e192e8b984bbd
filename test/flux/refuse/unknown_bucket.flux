// refused: unknown bucket
from(bucket: "tset") |> range(start: -1h)
