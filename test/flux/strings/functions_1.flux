// strings
import "array"
import "strings"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "strings.strlen(v: \"añb\")", value: display(v: strings.strlen(v: "añb"))},
        {expression: "strings.substring(v: \"añb\", start: 1, end: 9)", value: display(v: strings.substring(v: "añb", start: 1, end: 9))},
        {expression: "strings.substring(v: \"añb\", start: 2, end: 1)", value: display(v: strings.substring(v: "añb", start: 2, end: 1))},
        {expression: "strings.substring(v: \"añb\", start: -5, end: 1)", value: display(v: strings.substring(v: "añb", start: -5, end: 1))},
        {expression: "strings.index(v: \"añb\", substr: \"b\")", value: display(v: strings.index(v: "añb", substr: "b"))},
        {expression: "strings.index(v: \"abc\", substr: \"\")", value: display(v: strings.index(v: "abc", substr: ""))},
        {expression: "strings.lastIndex(v: \"go gopher\", substr: \"go\")", value: display(v: strings.lastIndex(v: "go gopher", substr: "go"))},
        {expression: "strings.lastIndex(v: \"abc\", substr: \"\")", value: display(v: strings.lastIndex(v: "abc", substr: ""))},
        {expression: "strings.lastIndex(v: \"abc\", substr: \"x\")", value: display(v: strings.lastIndex(v: "abc", substr: "x"))},
        {expression: "strings.indexAny(v: \"añb\", chars: \"bñ\")", value: display(v: strings.indexAny(v: "añb", chars: "bñ"))},
        {expression: "strings.lastIndexAny(v: \"añb\", chars: \"añ\")", value: display(v: strings.lastIndexAny(v: "añb", chars: "añ"))},
        {expression: "strings.countStr(v: \"cheese\", substr: \"e\")", value: display(v: strings.countStr(v: "cheese", substr: "e"))},
    ],
)
