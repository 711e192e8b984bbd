// date arithmetic
import "array"
import "date"
import "timezone"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "date.time(t: 2024-01-01T00:00:00Z, location: timezone.fixed(offset: -1h))", value: display(v: date.time(t: 2024-01-01T00:00:00Z, location: timezone.fixed(offset: -1h)))},
        {expression: "date.time(t: -1h)", value: display(v: date.time(t: -1h))},
        {expression: "today()", value: display(v: today())},
    ],
)
