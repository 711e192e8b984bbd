// refused: cannot convert string "+12" to uint due to invalid syntax
import "array"

array.from(rows: [{value: display(v: uint(v: "+12"))}])
