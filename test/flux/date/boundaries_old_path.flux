// the deprecated path of the package gives what the new one does, in the location too
import "array"
import "date/boundaries"
import "timezone"

option now = () => 2024-03-31T09:30:00Z

option location = timezone.location(name: "Europe/Vienna")

array.from(
    rows: [
        {day: "yesterday", value: display(v: boundaries.yesterday())},
        {day: "monday", value: display(v: boundaries.monday())},
        {day: "tuesday", value: display(v: boundaries.tuesday())},
        {day: "wednesday", value: display(v: boundaries.wednesday())},
        {day: "thursday", value: display(v: boundaries.thursday())},
        {day: "friday", value: display(v: boundaries.friday())},
        {day: "saturday", value: display(v: boundaries.saturday())},
        {day: "sunday", value: display(v: boundaries.sunday())},
        {day: "month", value: display(v: boundaries.month())},
        {day: "next month", value: display(v: boundaries.month(month_offset: 1))},
        {day: "week", value: display(v: boundaries.week())},
        {day: "last week", value: display(v: boundaries.week(week_offset: -1, start_sunday: true))},
    ],
)
