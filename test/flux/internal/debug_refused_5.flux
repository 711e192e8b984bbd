// refused: interpolated expression produced a null value
import "array"
import "internal/debug"

array.from(rows: [{value: display(v: "${debug.null(type: "int")}")}])
