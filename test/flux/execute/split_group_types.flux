// a selector over groups of several types is refused as a collision, also when storage picks a row a series first
from(bucket: "test")
  |> range(start: 2023-11-14T00:00:00Z, stop: 2023-11-16T00:00:00Z)
  |> group(columns: ["host"])
  |> aggregateWindow(every: 1h, fn: max, createEmpty: false)
