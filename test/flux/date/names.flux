// the names of months and days, against a day of each
import "array"
import "date"

months = [
    date.January,
    date.February,
    date.March,
    date.April,
    date.May,
    date.June,
    date.July,
    date.August,
    date.September,
    date.October,
    date.November,
    date.December,
]
days = [
    date.Sunday,
    date.Monday,
    date.Tuesday,
    date.Wednesday,
    date.Thursday,
    date.Friday,
    date.Saturday,
]
ofMonth = (n) => date.month(t: date.add(d: date.scale(d: 1mo, n: n), to: 2023-01-15T00:00:00Z))
// 2023-01-01 is a Sunday
ofDay = (n) => date.weekDay(t: date.add(d: date.scale(d: 1d, n: n), to: 2023-01-01T12:00:00Z))

array.from(
    rows: [
        {
            months: display(v: months),
            monthsAreRight: months == array.map(arr: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], fn: (x) => ofMonth(n: x)),
            days: display(v: days),
            daysAreRight: days == array.map(arr: [0, 1, 2, 3, 4, 5, 6], fn: (x) => ofDay(n: x)),
        },
    ],
)
