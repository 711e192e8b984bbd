// refused: no range
from(bucket: "test") |> mean()
