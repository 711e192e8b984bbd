// experimental/json.parse: what is no JSON is refused, and what has no Flux value
import "array"
import "contrib/bonitoo-io/hex"
import "experimental"
import "experimental/json"
import "strings"

saysOf = (data) => {
    e = experimental.catch(fn: () => json.parse(data: data))

    return display(v: e.code) + " " + e.msg
}
says = (v) => saysOf(data: bytes(v: v))

array.from(
    rows: [
        {text: "nothing", value: says(v: "")},
        {text: "open array", value: says(v: "[1, 2")},
        {text: "open string", value: says(v: "\"abc")},
        {text: "comma at the end", value: says(v: "[1, 2,]")},
        {text: "no colon", value: says(v: "{\"a\" 1}")},
        {text: "no key", value: says(v: "{1: 1}")},
        {text: "two values", value: says(v: "1 2")},
        {text: "leading zero", value: says(v: "01")},
        {text: "plus", value: says(v: "+1")},
        {text: "half a number", value: says(v: "1e")},
        {text: "NaN", value: says(v: "NaN")},
        {text: "unknown word", value: says(v: "nil")},
        {text: "unknown escape", value: says(v: "\"\\x41\"")},
        {text: "short escape", value: says(v: "\"\\u00\"")},
        {text: "control character", value: says(v: "\"a\nb\"")},
        {text: "zero", value: says(v: "\"a\\u0000b\"")},
        {text: "zero in a key", value: says(v: "{\"\\u0000\": 1}")},
        {text: "high surrogate alone", value: says(v: "\"\\ud83d\"")},
        {text: "low surrogate alone", value: says(v: "\"\\ude00\"")},
        {text: "high before another", value: says(v: "\"\\ud83d\\u0041\"")},
        {text: "not UTF-8", value: saysOf(data: hex.bytes(v: "22ff22"))},
        {text: "cut character", value: saysOf(data: hex.bytes(v: "22c3"))},
        {text: "mixed", value: says(v: "[1, true]")},
        {text: "mixed inside", value: says(v: "{\"a\": [{}, []]}")},
        {text: "mixed and then wrong", value: says(v: "[1, true")},
        {text: "too deep", value: says(v: strings.repeat(v: "[", i: 1000000))},
    ],
)
