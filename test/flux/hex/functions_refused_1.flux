// refused: out of range
import "array"
import "contrib/bonitoo-io/hex"

array.from(rows: [{value: display(v: hex.int(v: "8000000000000000"))}])
