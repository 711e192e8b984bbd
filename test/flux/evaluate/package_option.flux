// option now and option location hold for the library too
import "array"
import "date"
import "experimental/date/boundaries"

option now = () => 2024-03-12T02:00:00Z
option location = {zone: "America/New_York", offset: 0h}

array.from(
    rows: [
        {what: "hour", value: display(v: date.hour(t: now()))},
        {what: "today", value: display(v: today())},
        {what: "yesterday has 23 hours", value: display(v: boundaries.yesterday())},
    ],
)
