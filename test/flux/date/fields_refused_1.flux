// refused: is not Timeable
import "array"
import "date"
import "timezone"

array.from(rows: [{value: display(v: date.hour(t: "x"))}])
