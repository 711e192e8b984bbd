// dedupKey hashes the group key but _start, _stop and _level
import "array"
import "pagerduty"

data =
    array.from(
        rows: [
            {_time: 2020-01-01T00:00:00Z, host: "a", _level: "crit", _value: 1.0},
            {_time: 2020-01-01T00:00:01Z, host: "a", _level: "ok", _value: 2.0},
            {_time: 2020-01-01T00:00:00Z, host: "b", _level: "ok", _value: 3.0},
        ],
    )
        |> group(columns: ["host", "_level"])

data |> pagerduty.dedupKey() |> yield(name: "usual")
data |> pagerduty.dedupKey(exclude: ["host"]) |> yield(name: "exclude")
