// date
import "array"
import "date"
import "timezone"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "date.week(t: 2021-01-01T00:00:00Z)", value: display(v: date.week(t: 2021-01-01T00:00:00Z))},
        {expression: "date.week(t: 2020-12-31T00:00:00Z)", value: display(v: date.week(t: 2020-12-31T00:00:00Z))},
        {expression: "date.week(t: 2021-01-04T00:00:00Z)", value: display(v: date.week(t: 2021-01-04T00:00:00Z))},
        {expression: "date.hour(t: 2024-01-01T23:30:00Z, location: timezone.fixed(offset: 1h))", value: display(v: date.hour(t: 2024-01-01T23:30:00Z, location: timezone.fixed(offset: 1h)))},
        {expression: "date.hour(t: 2024-07-01T12:00:00Z, location: timezone.location(name: \"America/New_York\"))", value: display(v: date.hour(t: 2024-07-01T12:00:00Z, location: timezone.location(name: "America/New_York")))},
        {expression: "date.hour(t: -1h)", value: display(v: date.hour(t: -1h))},
        {expression: "timezone.utc", value: display(v: timezone.utc)},
        {expression: "date.Sunday", value: display(v: date.Sunday)},
        {expression: "date.December", value: display(v: date.December)},
    ],
)
