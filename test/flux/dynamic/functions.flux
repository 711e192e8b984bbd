// experimental/dynamic
import table "array"
import "experimental/dynamic"
import "experimental/array"
import "json"

option now = () => 2023-11-14T22:13:20Z

d = dynamic.jsonParse(data: bytes(v: "{\"a\": {\"b\": [1, \"x\", null]}, \"n\": \"7\"}"))

table.from(
    rows: [
        {expression: "int(v: d.n) + 1", value: display(v: int(v: d.n) + 1)},
        {expression: "dynamic.asArray(v: d.a.b)[1]", value: display(v: dynamic.asArray(v: d.a.b)[1])},
        {expression: "string(v: dynamic.asArray(v: d.a.b)[1])", value: display(v: string(v: dynamic.asArray(v: d.a.b)[1]))},
        {expression: "d.nope.other", value: display(v: d.nope.other)},
        {expression: "dynamic.asArray(v: d.a.b) |> array.map(fn: (x) => dynamic.isType(v: x, type: \"float\"))", value: display(v: dynamic.asArray(v: d.a.b) |> array.map(fn: (x) => dynamic.isType(v: x, type: "float")))},
        {expression: "dynamic.isType(v: d.a, type: \"object\")", value: display(v: dynamic.isType(v: d.a, type: "object"))},
        {expression: "string(v: dynamic.jsonEncode(v: d))", value: display(v: string(v: dynamic.jsonEncode(v: d)))},
        {expression: "dynamic.dynamic(v: [1, 2])", value: display(v: dynamic.dynamic(v: [1, 2]))},
        {expression: "d.a", value: display(v: d.a)},
    ],
)
