// refused: unsupported binary expression invalid == int
import "array"
import "internal/debug"

array.from(rows: [{value: display(v: debug.null() == 1)}])
