// experimental/json.parse: escapes, surrogate pairs, characters of any plane
import "array"
import "experimental/json"
import "strings"

parse = (v) => json.parse(data: bytes(v: v))

array.from(
    rows: [
        {text: "short escapes", value: parse(v: "\"\\\"\\\\\\/|\\t|\\n|\\r|\\b|\\f|\"")},
        {text: "\\u", value: parse(v: "\"\\u0041\\u00e9\\u20AC\"")},
        {text: "a pair", value: parse(v: "\"x\\ud83d\\ude00x\"")},
        {text: "as they are", value: parse(v: "\"é€😀\"")},
        {text: "empty", value: parse(v: "\"\"")},
        {text: "long", value: string(v: strings.strlen(v: parse(v: "\"" + strings.repeat(v: "é\\n", i: 100000) + "\"")))},
    ],
)
