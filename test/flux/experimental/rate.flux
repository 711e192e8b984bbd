// aggregate.rate: two counters of one group, a reset in one; 6/min + 12/min in the first window
import "array"
import "experimental/aggregate"

array.from(
    rows: [
        {_time: 2020-01-01T00:00:00Z, _value: 0.0, host: "a", id: "1"},
        {_time: 2020-01-01T00:00:10Z, _value: 1.0, host: "a", id: "1"},
        {_time: 2020-01-01T00:00:20Z, _value: 2.0, host: "a", id: "1"},
        {_time: 2020-01-01T00:01:10Z, _value: 1.0, host: "a", id: "1"},
        {_time: 2020-01-01T00:01:20Z, _value: 2.0, host: "a", id: "1"},
        {_time: 2020-01-01T00:00:00Z, _value: 0.0, host: "a", id: "2"},
        {_time: 2020-01-01T00:00:10Z, _value: 2.0, host: "a", id: "2"},
        {_time: 2020-01-01T00:00:20Z, _value: 4.0, host: "a", id: "2"},
    ],
)
    |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-01T00:02:00Z)
    |> group(columns: ["_start", "_stop", "host", "id"])
    |> aggregate.rate(every: 1m, unit: 1m, groupColumns: ["host"])
