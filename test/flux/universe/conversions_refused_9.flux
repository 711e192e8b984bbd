// refused: cannot convert int 2 to bool, must be 0 or 1
import "array"

array.from(rows: [{value: display(v: bool(v: 2))}])
