// refused: record is missing label nope
import "array"
import "internal/debug"

option debug.nope = true

array.from(rows: [{value: display(v: 1)}])
