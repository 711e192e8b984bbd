// a selector that strings do not have is refused by the selector's own error, also when storage picks a row a series first
from(bucket: "test")
  |> range(start: 2023-11-14T00:00:00Z, stop: 2023-11-16T00:00:00Z)
  |> group(columns: ["host"])
  |> min()
