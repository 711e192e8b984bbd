// experimental/json.parse: of equal keys the last counts; members come in label order
import "array"
import "experimental/json"

parse = (v) => json.parse(data: bytes(v: v))

array.from(rows: parse(v: "[{\"b\": 1, \"aa\": 2, \"a\": 3}, {\"a\": 4, \"b\": 5, \"aa\": 6}]"))
    |> yield(name: "columns")

array.from(
    rows: [
        {text: "equal keys", value: display(v: parse(v: "{\"b\": 1, \"a\": 2, \"b\": [3], \"a\": null, \"b\": \"x\"}"))},
        {text: "equal by escape", value: display(v: parse(v: "{\"\\u0061\": 1, \"a\": 2}"))},
        {text: "cases differ", value: display(v: parse(v: "{\"a\": 1, \"A\": 2, \"á\": 3}"))},
        {text: "empty key", value: display(v: parse(v: "{\"x\": 1, \"\": 2}"))},
        {text: "empty object", value: display(v: parse(v: "{}"))},
        {text: "empty array", value: display(v: parse(v: "[]"))},
        {text: "nested", value: display(v: parse(v: "{\"a\": {\"b\": {\"c\": [[], [1], [2, 3]]}}, \"d\": [{}, {\"e\": true}]}"))},
        {text: "nulls", value: display(v: parse(v: "{\"a\": null, \"b\": [null, null]}"))},
        {text: "equal", value: display(v: parse(v: "{\"a\": 1, \"b\": 2}") == parse(v: "{\"b\": 2, \"a\": 1}"))},
        {text: "scalars", value: display(v: [parse(v: " true"), parse(v: "false ")])},
        {text: "white space", value: display(v: parse(v: " [ 1 ,\t2 ,\r\n3 ] "))},
    ],
)
