// refused: perhaps you meant "math"
import "array"
import "mathh"

array.from(rows: [{value: display(v: 1)}])
