// regexp
import "array"
import "regexp"

option now = () => 2023-11-14T22:13:20Z

braces = "$" + "{1}W"

array.from(
    rows: [
        {expression: "regexp.quoteMeta(v: \".+*?()|[]{}$^\")", value: display(v: regexp.quoteMeta(v: ".+*?()|[]{}$^"))},
        {expression: "regexp.getString(r: /[a-zA-Z]/)", value: display(v: regexp.getString(r: /[a-zA-Z]/))},
        {expression: "\"abc\" =~ regexp.compile(v: \"b\")", value: display(v: "abc" =~ regexp.compile(v: "b"))},
    ],
)
