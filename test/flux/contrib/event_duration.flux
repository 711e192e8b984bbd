// events.duration: until the next row; the last one until its _stop, another column or a given time
import "array"
import "contrib/tomhollingworth/events"

data =
    array.from(
        rows: [
            {_time: 2024-03-01T00:00:00Z, state: "up", k: "a", end: 2024-03-01T01:00:00Z},
            {_time: 2024-03-01T00:10:00Z, state: "down", k: "a", end: 2024-03-01T01:00:00Z},
            {_time: 2024-03-01T00:10:30Z, state: "up", k: "a", end: 2024-03-01T01:00:00Z},
            {_time: 2024-03-01T00:05:00Z, state: "up", k: "b", end: 2024-03-01T02:00:00Z},
        ],
    )
        |> group(columns: ["k"])

data
    |> range(start: 2024-03-01T00:00:00Z, stop: 2024-03-01T00:20:00Z)
    |> drop(columns: ["end"])
    |> events.duration(unit: 1s)
    |> yield(name: "stop of the range")
data
    |> events.duration(unit: 1m, columnName: "minutes", stopColumn: "end")
    |> yield(name: "stop column")
data
    |> rename(columns: {_time: "at"})
    |> events.duration(timeColumn: "at", stop: 2024-03-01T00:10:31Z)
    |> yield(name: "stop in nanoseconds")
data
    |> filter(fn: (r) => r.state == "sideways", onEmpty: "keep")
    |> events.duration(stop: 2024-03-01T00:10:31Z)
    |> yield(name: "no rows")
