// refused: cannot convert string "True" to bool
import "array"

array.from(rows: [{value: display(v: bool(v: "True"))}])
