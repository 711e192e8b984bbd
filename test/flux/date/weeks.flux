// ISO weeks at the turn of years
import "array"
import "date"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "date.week(t: 2019-12-30T00:00:00Z)", value: display(v: date.week(t: 2019-12-30T00:00:00Z))},
        {expression: "date.week(t: 2019-12-29T23:59:59Z)", value: display(v: date.week(t: 2019-12-29T23:59:59Z))},
        {expression: "date.week(t: 2016-01-03T00:00:00Z)", value: display(v: date.week(t: 2016-01-03T00:00:00Z))},
        {expression: "date.week(t: 2016-01-04T00:00:00Z)", value: display(v: date.week(t: 2016-01-04T00:00:00Z))},
        {expression: "date.week(t: 2018-12-31T00:00:00Z)", value: display(v: date.week(t: 2018-12-31T00:00:00Z))},
        {expression: "date.week(t: 2022-01-01T00:00:00Z)", value: display(v: date.week(t: 2022-01-01T00:00:00Z))},
        {expression: "date.week(t: 1970-01-01T00:00:00Z)", value: display(v: date.week(t: 1970-01-01T00:00:00Z))},
        {expression: "date.week(t: 2262-04-11T23:47:16Z)", value: display(v: date.week(t: 2262-04-11T23:47:16Z))},
        {expression: "date.week(t: 1677-09-22T00:00:00Z)", value: display(v: date.week(t: 1677-09-22T00:00:00Z))},
        {expression: "date.weekDay(t: 1969-12-31T00:00:00Z)", value: display(v: date.weekDay(t: 1969-12-31T00:00:00Z))},
        {expression: "date.yearDay(t: 1900-12-31T00:00:00Z)", value: display(v: date.yearDay(t: 1900-12-31T00:00:00Z))},
    ],
)
