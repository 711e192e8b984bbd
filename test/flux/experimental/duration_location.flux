// addDuration and subDuration in a zone: a day over the change of the clock is a day on the wall
import "array"
import "experimental"
import "timezone"

berlin = timezone.location(name: "Europe/Berlin")

array.from(rows: [{
    add: experimental.addDuration(d: 1d, to: 2024-03-30T12:00:00Z, location: berlin),
    sub: experimental.subDuration(d: 1d, from: 2024-03-31T12:00:00Z, location: berlin),
    month: experimental.addDuration(d: 1mo, to: 2024-01-31T00:00:00Z),
}])
