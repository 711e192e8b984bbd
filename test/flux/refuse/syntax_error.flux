// refused: syntax error
from(bucket: "test" |> range(start: -1h)
