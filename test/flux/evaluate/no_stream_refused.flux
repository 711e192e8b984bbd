// refused: nothing to do
import "array"

data = array.from(rows: [{a: 1}])
