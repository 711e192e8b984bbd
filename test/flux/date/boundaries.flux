// boundaries, today being Tuesday 2023-11-14
import "array"
import "experimental/date/boundaries"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "boundaries.yesterday()", value: display(v: boundaries.yesterday())},
        {expression: "boundaries.monday()", value: display(v: boundaries.monday())},
        {expression: "boundaries.tuesday()", value: display(v: boundaries.tuesday())},
        {expression: "boundaries.wednesday().start", value: display(v: boundaries.wednesday().start)},
        {expression: "boundaries.sunday().start", value: display(v: boundaries.sunday().start)},
        {expression: "boundaries.month()", value: display(v: boundaries.month())},
        {expression: "boundaries.month(month_offset: -1).start", value: display(v: boundaries.month(month_offset: -1).start)},
        {expression: "boundaries.week()", value: display(v: boundaries.week())},
        {expression: "boundaries.week(start_sunday: true).start", value: display(v: boundaries.week(start_sunday: true).start)},
        {expression: "boundaries.week(week_offset: -1).start", value: display(v: boundaries.week(week_offset: -1).start)},
    ],
)
