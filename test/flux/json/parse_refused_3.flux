// refused: invalid input syntax for type json
import "array"
import "experimental/json"

array.from(rows: [{value: display(v: json.parse(data: bytes(v: "{")))}])
