// refused: cannot encode a function value
import "array"
import "json"
import "internal/debug"

array.from(rows: [{value: display(v: json.encode(v: (x) => x))}])
