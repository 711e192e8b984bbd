// experimental/json.parse
import "array"
import "experimental/json"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "json.parse(data: bytes(v: \"{\\\"a\\\": [1, 2], \\\"b\\\": {\\\"c\\\": \\\"x\\\"}, \\\"d\\\": true}\"))", value: display(v: json.parse(data: bytes(v: "{\"a\": [1, 2], \"b\": {\"c\": \"x\"}, \"d\": true}")))},
        {expression: "json.parse(data: bytes(v: \"1e3\"))", value: display(v: json.parse(data: bytes(v: "1e3")))},
        {expression: "json.parse(data: bytes(v: \"null\"))", value: display(v: json.parse(data: bytes(v: "null")))},
    ],
)
