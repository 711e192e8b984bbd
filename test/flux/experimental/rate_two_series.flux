// aggregate.rate: the bounds come before the columns it groups by; a fall counts as null
import "experimental/aggregate"
import "array"

array.from(
    rows: [
        {_time: 2021-01-01T00:00:00Z, host: "a", _value: 1},
        {_time: 2021-01-01T00:00:10Z, host: "a", _value: 21},
        {_time: 2021-01-01T00:00:20Z, host: "a", _value: 51},
        {_time: 2021-01-01T00:00:30Z, host: "a", _value: 11},
        {_time: 2021-01-01T00:00:40Z, host: "a", _value: 31},
        {_time: 2021-01-01T00:00:00Z, host: "b", _value: 9},
        {_time: 2021-01-01T00:00:10Z, host: "b", _value: 4},
        {_time: 2021-01-01T00:00:40Z, host: "b", _value: 34},
    ],
)
    |> group(columns: ["host"])
    |> range(start: 2021-01-01T00:00:00Z, stop: 2021-01-01T00:01:00Z)
    |> aggregate.rate(every: 30s, unit: 10s, groupColumns: ["host"])
