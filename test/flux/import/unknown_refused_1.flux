// refused: invalid import path mathh
import "array"
import "mathh"

array.from(rows: [{value: display(v: 1)}])
