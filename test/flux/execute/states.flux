// how many rows and for how long a predicate holds
import "array"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, _value: 1},
    {_time: 2024-01-01T00:00:10Z, _value: 1},
    {_time: 2024-01-01T00:00:20Z, _value: 1},
    {_time: 2024-01-01T00:00:30Z, _value: 0},
    {_time: 2024-01-01T00:00:40Z, _value: 1},
])

data |> stateCount(fn: (r) => r._value == 1) |> yield(name: "count")
data |> stateDuration(fn: (r) => r._value == 1) |> yield(name: "duration")
data |> stateTracking(fn: (r) => r._value == 1, countColumn: "c", durationColumn: "d", durationUnit: 10s) |> yield(name: "both")
