// strings
import "array"
import "strings"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "strings.compare(v: \"a\", t: \"b\")", value: display(v: strings.compare(v: "a", t: "b"))},
        {expression: "strings.compare(v: \"b\", t: \"a\")", value: display(v: strings.compare(v: "b", t: "a"))},
        {expression: "strings.hasPrefix(v: \"go gopher\", prefix: \"go\")", value: display(v: strings.hasPrefix(v: "go gopher", prefix: "go"))},
        {expression: "strings.hasSuffix(v: \"go gopher\", suffix: \"go\")", value: display(v: strings.hasSuffix(v: "go gopher", suffix: "go"))},
        {expression: "strings.containsStr(v: \"abc\", substr: \"bc\")", value: display(v: strings.containsStr(v: "abc", substr: "bc"))},
        {expression: "strings.containsAny(v: \"abc\", chars: \"xyc\")", value: display(v: strings.containsAny(v: "abc", chars: "xyc"))},
        {expression: "strings.isDigit(v: \"7\")", value: display(v: strings.isDigit(v: "7"))},
        {expression: "strings.isUpper(v: \"A\")", value: display(v: strings.isUpper(v: "A"))},
        {expression: "strings.isLower(v: \"A\")", value: display(v: strings.isLower(v: "A"))},
        {expression: "strings.repeat(v: \"ha\", i: 3)", value: display(v: strings.repeat(v: "ha", i: 3))},
        {expression: "strings.joinStr(arr: [\"a\", \"b\"], v: \", \")", value: display(v: strings.joinStr(arr: ["a", "b"], v: ", "))},
        {expression: "strings.joinStr(arr: [], v: \", \")", value: display(v: strings.joinStr(arr: [], v: ", "))},
    ],
)
