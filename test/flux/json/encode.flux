// json.encode
import "array"
import "json"
import "internal/debug"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "string(v: json.encode(v: {b: 1, a: \"x<y>&\"}))", value: display(v: string(v: json.encode(v: {b: 1, a: "x<y>&"})))},
        {expression: "string(v: json.encode(v: [1.5, 1000000000000000000000.0, 0.0000001]))", value: display(v: string(v: json.encode(v: [1.5, 1000000000000000000000.0, 0.0000001])))},
        {expression: "string(v: json.encode(v: 2020-01-01T00:00:00.5Z))", value: display(v: string(v: json.encode(v: 2020-01-01T00:00:00.5Z)))},
        {expression: "string(v: json.encode(v: 1h30m))", value: display(v: string(v: json.encode(v: 1h30m)))},
        {expression: "string(v: json.encode(v: bytes(v: \"hi\")))", value: display(v: string(v: json.encode(v: bytes(v: "hi"))))},
        {expression: "string(v: json.encode(v: [1: \"a\"]))", value: display(v: string(v: json.encode(v: [1: "a"])))},
        {expression: "string(v: json.encode(v: /a/))", value: display(v: string(v: json.encode(v: /a/)))},
        {expression: "string(v: json.encode(v: {a: debug.null(type: \"int\")}))", value: display(v: string(v: json.encode(v: {a: debug.null(type: "int")})))},
    ],
)
