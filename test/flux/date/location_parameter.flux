// every function with a parameter location reads the clock of that place
import "array"
import "date"
import "timezone"

york = timezone.location(name: "America/New_York")
india = timezone.fixed(offset: 5h30m)

// 21:20 of the last day of 2020 in New York, 07:50 of the first of 2021 in India.
t = 2021-01-01T02:20:30Z

array.from(
    rows: [
        {
            place: "UTC",
            minute: date.minute(t: t, location: timezone.utc),
            hour: date.hour(t: t, location: timezone.utc),
            weekDay: date.weekDay(t: t, location: timezone.utc),
            monthDay: date.monthDay(t: t, location: timezone.utc),
            yearDay: date.yearDay(t: t, location: timezone.utc),
            week: date.week(t: t, location: timezone.utc),
            month: date.month(t: t, location: timezone.utc),
            quarter: date.quarter(t: t, location: timezone.utc),
            year: date.year(t: t, location: timezone.utc),
            monthBefore: date.sub(d: 1mo, from: 2021-03-15T03:00:00Z, location: timezone.utc),
            monthAfter: date.add(d: 1mo, to: 2021-02-15T04:00:00Z, location: timezone.utc),
            day: date.truncate(t: t, unit: 1d, location: timezone.utc),
        },
        {
            place: "New York",
            minute: date.minute(t: t, location: york),
            hour: date.hour(t: t, location: york),
            weekDay: date.weekDay(t: t, location: york),
            monthDay: date.monthDay(t: t, location: york),
            yearDay: date.yearDay(t: t, location: york),
            week: date.week(t: t, location: york),
            month: date.month(t: t, location: york),
            quarter: date.quarter(t: t, location: york),
            year: date.year(t: t, location: york),
            monthBefore: date.sub(d: 1mo, from: 2021-03-15T03:00:00Z, location: york),
            monthAfter: date.add(d: 1mo, to: 2021-02-15T04:00:00Z, location: york),
            day: date.truncate(t: t, unit: 1d, location: york),
        },
        {
            place: "India",
            minute: date.minute(t: t, location: india),
            hour: date.hour(t: t, location: india),
            weekDay: date.weekDay(t: t, location: india),
            monthDay: date.monthDay(t: t, location: india),
            yearDay: date.yearDay(t: t, location: india),
            week: date.week(t: t, location: india),
            month: date.month(t: t, location: india),
            quarter: date.quarter(t: t, location: india),
            year: date.year(t: t, location: india),
            monthBefore: date.sub(d: 1mo, from: 2021-03-15T03:00:00Z, location: india),
            monthAfter: date.add(d: 1mo, to: 2021-02-15T04:00:00Z, location: india),
            day: date.truncate(t: t, unit: 1d, location: india),
        },
    ],
)
