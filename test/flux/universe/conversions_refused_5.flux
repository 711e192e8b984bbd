// refused: invalid syntax
import "array"

array.from(rows: [{value: display(v: float(v: "0x1"))}])
