// refused: duplicate key in object: "a"
import "array"

array.from(rows: [{value: display(v: {a: 1, a: 2})}])
