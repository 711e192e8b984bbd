// date arithmetic
import "array"
import "date"
import "timezone"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "date.add(d: 1mo, to: 2018-01-31T00:00:00Z)", value: display(v: date.add(d: 1mo, to: 2018-01-31T00:00:00Z))},
        {expression: "date.add(d: 2mo, to: 2018-01-31T00:00:00Z)", value: display(v: date.add(d: 2mo, to: 2018-01-31T00:00:00Z))},
        {expression: "date.add(d: 1mo30d, to: 2018-01-01T00:00:00Z)", value: display(v: date.add(d: 1mo30d, to: 2018-01-01T00:00:00Z))},
        {expression: "date.add(d: 1d, to: date.add(d: 1mo, to: 2018-02-28T00:00:00Z))", value: display(v: date.add(d: 1d, to: date.add(d: 1mo, to: 2018-02-28T00:00:00Z)))},
        {expression: "date.add(d: 1mo, to: date.add(d: 1d, to: 2018-02-28T00:00:00Z))", value: display(v: date.add(d: 1mo, to: date.add(d: 1d, to: 2018-02-28T00:00:00Z)))},
        {expression: "date.sub(d: 1mo, from: 2018-03-31T00:00:00Z)", value: display(v: date.sub(d: 1mo, from: 2018-03-31T00:00:00Z))},
        {expression: "date.add(d: 1d, to: 2024-03-09T17:00:00Z, location: timezone.location(name: \"America/New_York\"))", value: display(v: date.add(d: 1d, to: 2024-03-09T17:00:00Z, location: timezone.location(name: "America/New_York")))},
        {expression: "date.truncate(t: 2024-05-15T12:00:00Z, unit: 1w)", value: display(v: date.truncate(t: 2024-05-15T12:00:00Z, unit: 1w))},
        {expression: "date.truncate(t: 2024-05-15T12:00:00Z, unit: 1mo)", value: display(v: date.truncate(t: 2024-05-15T12:00:00Z, unit: 1mo))},
        {expression: "date.truncate(t: 2024-05-15T12:34:56Z, unit: 1h)", value: display(v: date.truncate(t: 2024-05-15T12:34:56Z, unit: 1h))},
        {expression: "date.truncate(t: 2024-05-15T02:00:00Z, unit: 1d, location: timezone.location(name: \"America/New_York\"))", value: display(v: date.truncate(t: 2024-05-15T02:00:00Z, unit: 1d, location: timezone.location(name: "America/New_York")))},
        {expression: "date.scale(d: 1mo1h, n: 3)", value: display(v: date.scale(d: 1mo1h, n: 3))},
    ],
)
