// events.duration over many batches: each row ends where the next one starts
import "generate"
import "contrib/tomhollingworth/events"

generate.from(start: 2024-03-01T00:00:00Z, stop: 2024-03-02T00:00:00Z, count: 86400, fn: (n) => n)
    |> events.duration(unit: 1ms, stop: 2024-03-02T00:00:05Z)
    |> filter(fn: (r) => r.duration != 1000)
