// times and keys move; calendar months
import "array"

data = array.from(rows: [{_time: 2024-01-31T00:00:00Z, _value: 1}])
    |> range(start: 2024-01-01T00:00:00Z, stop: 2024-02-01T00:00:00Z)

data |> timeShift(duration: 1mo) |> yield(name: "month")
data |> timeShift(duration: -1h, columns: ["_time"]) |> yield(name: "time")
data |> truncateTimeColumn(unit: 1mo) |> yield(name: "truncate")
