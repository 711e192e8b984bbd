// refused: a comma and then nothing
import "array"
import "experimental/json"

array.from(rows: [{value: display(v: json.parse(data: bytes(v: "{\"a\": [1, 2],\n \"b\": [1,]}")))}])
