// refused: array values must all be the same type
import "array"
import "experimental/json"

array.from(rows: [{value: display(v: json.parse(data: bytes(v: "[1, \"a\"]")))}])
