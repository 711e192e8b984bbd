// option now
import "array"
import "date"

option now = () => 2020-02-02T10:00:00Z

array.from(
    rows: [
        {expression: "now()", value: display(v: now())},
        {expression: "today()", value: display(v: today())},
        {expression: "date.time(t: -1d)", value: display(v: date.time(t: -1d))},
    ],
)
