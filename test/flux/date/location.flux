// option location
import "array"
import "date"

option now = () => 2023-11-14T22:13:20Z

option location = {zone: "America/New_York", offset: 0h}

array.from(
    rows: [
        {expression: "date.hour(t: 2024-07-01T12:00:00Z)", value: display(v: date.hour(t: 2024-07-01T12:00:00Z))},
        {expression: "today()", value: display(v: today())},
    ],
)
