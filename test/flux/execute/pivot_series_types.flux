// values of two types as row key
from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T00:01:00Z)
  |> pivot(rowKey: ["_value"], columnKey: ["_field"], valueColumn: "_time")
