// refused: has moved
import "array"
import "date/boundaries"

array.from(rows: [{value: display(v: boundaries.monday())}])
