// date
import "array"
import "date"
import "timezone"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "date.second(t: 2020-01-01T00:00:05.123456789Z)", value: display(v: date.second(t: 2020-01-01T00:00:05.123456789Z))},
        {expression: "date.millisecond(t: 2020-01-01T00:00:05.123456789Z)", value: display(v: date.millisecond(t: 2020-01-01T00:00:05.123456789Z))},
        {expression: "date.microsecond(t: 2020-01-01T00:00:05.123456789Z)", value: display(v: date.microsecond(t: 2020-01-01T00:00:05.123456789Z))},
        {expression: "date.nanosecond(t: 2020-01-01T00:00:05.123456789Z)", value: display(v: date.nanosecond(t: 2020-01-01T00:00:05.123456789Z))},
        {expression: "date.minute(t: 2020-01-01T10:20:30Z)", value: display(v: date.minute(t: 2020-01-01T10:20:30Z))},
        {expression: "date.hour(t: 2020-01-01T10:20:30Z)", value: display(v: date.hour(t: 2020-01-01T10:20:30Z))},
        {expression: "date.weekDay(t: 2024-05-12T00:00:00Z)", value: display(v: date.weekDay(t: 2024-05-12T00:00:00Z))},
        {expression: "date.monthDay(t: 2024-05-12T00:00:00Z)", value: display(v: date.monthDay(t: 2024-05-12T00:00:00Z))},
        {expression: "date.yearDay(t: 2024-12-31T00:00:00Z)", value: display(v: date.yearDay(t: 2024-12-31T00:00:00Z))},
        {expression: "date.month(t: 2024-05-12T00:00:00Z)", value: display(v: date.month(t: 2024-05-12T00:00:00Z))},
        {expression: "date.year(t: 2024-05-12T00:00:00Z)", value: display(v: date.year(t: 2024-05-12T00:00:00Z))},
        {expression: "date.quarter(t: 2024-05-12T00:00:00Z)", value: display(v: date.quarter(t: 2024-05-12T00:00:00Z))},
    ],
)
