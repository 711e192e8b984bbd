// refused: two results of one name
import "array"

array.from(rows: [{a: 1}])
array.from(rows: [{a: 2}])
