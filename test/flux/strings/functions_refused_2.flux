// refused: negative
import "array"
import "strings"

array.from(rows: [{value: display(v: strings.repeat(v: "ha", i: -1))}])
