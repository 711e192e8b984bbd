// a table of one row whose columns outgrow memory in the midst of a series
data = from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T02:00:00Z)
  |> pivot(rowKey: ["_measurement"], columnKey: ["_field", "_time", "host"], valueColumn: "_value")

data |> columns() |> count() |> yield(name: "columns")
data |> keep(columns: ["f_2020-01-01T00:00:00.000000000Z_a", "f_2020-01-01T00:06:39.000000000Z_c"]) |> yield(name: "ends")
