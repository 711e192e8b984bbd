// hourSelection follows option location
import "array"
import "timezone"

option location = timezone.location(name: "America/New_York")

array.from(rows: [{_time: 2024-01-01T13:00:00Z, n: 1}, {_time: 2024-07-01T13:00:00Z, n: 2}])
    |> hourSelection(start: 9, stop: 9)
