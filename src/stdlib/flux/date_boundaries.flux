// package date/boundaries
package boundaries


_moved = (name) =>
    die(msg: "date/boundaries.${name} has moved: import \"experimental/date/boundaries\"")

yesterday = () => _moved(name: "yesterday")

sunday = () => _moved(name: "sunday")

monday = () => _moved(name: "monday")

tuesday = () => _moved(name: "tuesday")

wednesday = () => _moved(name: "wednesday")

thursday = () => _moved(name: "thursday")

friday = () => _moved(name: "friday")

saturday = () => _moved(name: "saturday")

month = (month_offset=0) => _moved(name: "month")

week = (start_sunday=false, week_offset=0) => _moved(name: "week")
