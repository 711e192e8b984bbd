// anomalydetection.mad: distance from the median of all series at a time, in units of the median distance
import "array"
import "contrib/anaisdg/anomalydetection"

row = (t, host, v) => ({_time: t, host: host, _value: v})

array.from(
    rows: [
        row(t: 2024-03-01T00:00:00Z, host: "a", v: 1.0),
        row(t: 2024-03-01T00:01:00Z, host: "a", v: 2.0),
        row(t: 2024-03-01T00:00:00Z, host: "b", v: 2.0),
        row(t: 2024-03-01T00:01:00Z, host: "b", v: 2.0),
        row(t: 2024-03-01T00:00:00Z, host: "c", v: 4.0),
        row(t: 2024-03-01T00:01:00Z, host: "c", v: 2.0),
        row(t: 2024-03-01T00:00:00Z, host: "d", v: 40.0),
        row(t: 2024-03-01T00:01:00Z, host: "d", v: 2.0),
    ],
)
    |> group(columns: ["host"])
    |> anomalydetection.mad()
