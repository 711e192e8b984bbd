// refused: cannot convert string " 1" to int due to invalid syntax
import "array"

array.from(rows: [{value: display(v: int(v: " 1"))}])
