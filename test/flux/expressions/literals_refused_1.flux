// refused: cannot access element 5 of array of length 2
import "array"

array.from(rows: [{value: display(v: [1, 2][5])}])
