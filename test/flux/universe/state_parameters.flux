// states: names of columns, units, other columns of times; a null predicate ends a state
import "array"
import "internal/debug"

data = array.from(rows: [
    {_time: 2024-01-01T00:00:00Z, at: 2024-01-01T00:00:00Z, _value: 5},
    {_time: 2024-01-01T00:00:10Z, at: 2024-01-01T00:30:00Z, _value: 6},
    {_time: 2024-01-01T00:00:10Z, at: 2024-01-01T01:59:59Z, _value: 7},
    {_time: 2024-01-01T00:00:20Z, at: 2024-01-01T03:00:00Z, _value: debug.null(type: "int")},
    {_time: 2024-01-01T00:00:30Z, at: 2024-01-01T04:00:00Z, _value: 9},
    {_time: 2024-01-01T00:00:40Z, at: 2024-01-01T05:00:00Z, _value: 1},
])

data |> stateCount(fn: (r) => r._value > 4, column: "n") |> yield(name: "1 count")
data |> stateDuration(fn: (r) => r._value > 4, column: "ms", unit: 1ms) |> yield(name: "2 duration")
data
    |> stateDuration(fn: (r) => r._value > 4, column: "hours", timeColumn: "at", unit: 1h)
    |> yield(name: "3 time column")
data
    |> stateTracking(fn: (r) => r._value > 4, countColumn: "n", durationColumn: "m", durationUnit: 1m, timeColumn: "at")
    |> yield(name: "4 both")
data |> stateTracking(fn: (r) => r._value > 4) |> yield(name: "5 neither")
