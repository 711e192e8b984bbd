// refused: negative shift amount
import "array"
import "bitwise"

array.from(rows: [{value: display(v: bitwise.slshift(a: 1, b: -1))}])
