// refused: cannot convert duration to float
import "array"

array.from(rows: [{value: display(v: float(v: 1d))}])
