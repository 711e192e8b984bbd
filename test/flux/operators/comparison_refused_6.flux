// refused: unsupported unary expression - uint
import "array"

array.from(rows: [{value: display(v: -uint(v: 1))}])
