// refused: cannot convert regexp to int
import "array"

array.from(rows: [{value: display(v: int(v: /a/))}])
