// refused: Invalid null type `nope`
import "array"
import "internal/debug"

array.from(rows: [{value: display(v: debug.null(type: "nope"))}])
