// package experimental/date/boundaries
package boundaries


import "date"

yesterday = () => ({start: date.sub(d: 1d, from: today()), stop: today()})

// The latest day of that number (0 is Sunday) before today.
_before = (number) => {
    back = (date.weekDay(t: today()) + 7 - number) % 7
    start =
        date.sub(d: date.scale(d: 1d, n: if back == 0 then 7 else back), from: today())

    return {start: start, stop: date.add(d: 1d, to: start)}
}

sunday = () => _before(number: 0)

monday = () => _before(number: 1)

tuesday = () => _before(number: 2)

wednesday = () => _before(number: 3)

thursday = () => _before(number: 4)

friday = () => _before(number: 5)

saturday = () => _before(number: 6)

month = (month_offset=0) => {
    first = date.truncate(t: now(), unit: 1mo)
    start = date.add(d: date.scale(d: 1mo, n: month_offset), to: first)

    return {start: start, stop: date.add(d: 1mo, to: start)}
}

week = (start_sunday=false, week_offset=0) => {
    number = date.weekDay(t: today())
    back = if start_sunday then number else (number + 6) % 7
    first = date.sub(d: date.scale(d: 1d, n: back), from: today())
    start = date.add(d: date.scale(d: 1w, n: week_offset), to: first)

    return {start: start, stop: date.add(d: 1w, to: start)}
}
