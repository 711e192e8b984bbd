// refused: option "now" must return a time, got int
import "array"

option now = () => 1

array.from(rows: [{value: display(v: now())}])
