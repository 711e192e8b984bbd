// refused: cannot convert string "xyz" to int due to invalid syntax
import "array"
import "contrib/bonitoo-io/hex"

array.from(rows: [{value: display(v: hex.int(v: "xyz"))}])
