// refused: not a boolean value
import "array"
import "internal/debug"

array.from(rows: [{value: display(v: not debug.null(type: "bool"))}])
