// refused: perhaps you meant "abs"
import "array"
import "math"

array.from(rows: [{value: display(v: math.abz(x: 1.0))}])
