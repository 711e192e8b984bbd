// refused: value out of range
import "array"

array.from(rows: [{value: display(v: int(v: "9223372036854775808"))}])
