// oee.APQ and oee.computeAPQ: availability, performance, quality of one machine's events
import "array"
import "experimental/oee"

row = (t, state, parts, bad) => ({_time: t, state: state, partCount: parts, badCount: bad})
events =
    array.from(
        rows: [
            row(t: 2024-03-01T00:00:00Z, state: "on", parts: 10, bad: 1),
            row(t: 2024-03-01T02:00:00Z, state: "off", parts: 60, bad: 3),
            row(t: 2024-03-01T03:00:00Z, state: "on", parts: 60, bad: 3),
            row(t: 2024-03-01T05:00:00Z, state: "on", parts: 110, bad: 6),
        ],
    )
        |> range(start: 2024-03-01T00:00:00Z, stop: 2024-03-01T06:00:00Z)

events
    |> oee.APQ(runningState: "on", plannedTime: 8h, idealCycleTime: 2m)
    |> yield(name: "one stream")
oee.computeAPQ(
    productionEvents: events |> keep(columns: ["_start", "_stop", "_time", "state"]),
    partEvents: events |> drop(columns: ["state"]),
    runningState: "on",
    plannedTime: 6h,
    idealCycleTime: 1m,
)
    |> yield(name: "two streams")
