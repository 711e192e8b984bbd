// day windows follow local midnight across a change of the clock
import "array"
import "timezone"

option location = timezone.location(name: "America/New_York")

array.from(rows: [
    {_time: 2024-03-10T04:30:00Z, _value: 1},
    {_time: 2024-03-10T05:30:00Z, _value: 2},
    {_time: 2024-03-11T03:30:00Z, _value: 3},
    {_time: 2024-03-11T04:30:00Z, _value: 4},
])
    |> range(start: 2024-03-09T05:00:00Z, stop: 2024-03-12T04:00:00Z)
    |> aggregateWindow(every: 1d, fn: count)
