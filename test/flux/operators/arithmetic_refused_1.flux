// refused: cannot divide by zero
import "array"

array.from(rows: [{value: display(v: 1 / 0)}])
