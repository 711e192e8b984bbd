// refused: cannot convert string "x" to time due to invalid syntax
import "array"

array.from(rows: [{value: display(v: time(v: "x"))}])
