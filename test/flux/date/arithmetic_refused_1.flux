// refused: cannot mix month and nanosecond units
import "array"
import "date"
import "timezone"

array.from(rows: [{value: display(v: date.truncate(t: 2024-05-15T02:00:00Z, unit: 1mo1d))}])
