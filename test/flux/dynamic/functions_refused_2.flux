// refused: unable to convert <null> to array
import table "array"
import "experimental/dynamic"
import "experimental/array"
import "json"

d = dynamic.jsonParse(data: bytes(v: "{\"a\": {\"b\": [1, \"x\", null]}, \"n\": \"7\"}"))

table.from(rows: [{value: display(v: dynamic.asArray(v: d.x))}])
