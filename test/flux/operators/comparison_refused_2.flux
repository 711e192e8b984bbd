// refused: unsupported binary expression duration == duration
import "array"

array.from(rows: [{value: display(v: 1d == 1d)}])
