// addDuration and subDuration, months clamped to their end
import "array"
import "experimental"

array.from(
    rows: [
        {
            add: experimental.addDuration(d: 1mo, to: 2020-01-31T12:00:00Z),
            sub: experimental.subDuration(d: 1mo, from: 2020-03-31T12:00:00Z),
            addDay: experimental.addDuration(d: 1d2h, to: 2020-02-28T23:00:00Z),
            subHours: experimental.subDuration(d: 36h, from: 2020-03-01T00:00:00Z),
        },
    ],
)
