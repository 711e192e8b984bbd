// refused: unsupported binary expression array != array
import "array"

array.from(rows: [{value: display(v: [1] != [2])}])
