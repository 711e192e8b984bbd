// events.duration needs its stop column unless a time is given
import "array"
import "contrib/tomhollingworth/events"

array.from(rows: [{_time: 2024-03-01T00:00:00Z, state: "up"}])
    |> events.duration()
