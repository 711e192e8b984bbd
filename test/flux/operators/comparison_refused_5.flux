// refused: unsupported unary expression + int
import "array"

array.from(rows: [{value: display(v: +1)}])
