// strings
import "array"
import "strings"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "strings.trim(v: \"..Koala...\", cutset: \".\")", value: display(v: strings.trim(v: "..Koala...", cutset: "."))},
        {expression: "strings.trimLeft(v: \"..Koala...\", cutset: \".\")", value: display(v: strings.trimLeft(v: "..Koala...", cutset: "."))},
        {expression: "strings.trimRight(v: \"..Koala...\", cutset: \".\")", value: display(v: strings.trimRight(v: "..Koala...", cutset: "."))},
        {expression: "strings.trimSpace(v: \"  a b \\n\")", value: display(v: strings.trimSpace(v: "  a b \n"))},
        {expression: "strings.trimPrefix(v: \"123_abc\", prefix: \"123\")", value: display(v: strings.trimPrefix(v: "123_abc", prefix: "123"))},
        {expression: "strings.trimSuffix(v: \"abc_123\", suffix: \"_123\")", value: display(v: strings.trimSuffix(v: "abc_123", suffix: "_123"))},
        {expression: "strings.title(v: \"a gink_o it's ñandú\")", value: display(v: strings.title(v: "a gink_o it's ñandú"))},
        {expression: "strings.toTitle(v: \"añb\")", value: display(v: strings.toTitle(v: "añb"))},
        {expression: "strings.toUpper(v: \"añbß\")", value: display(v: strings.toUpper(v: "añbß"))},
        {expression: "strings.toLower(v: \"AÑB\")", value: display(v: strings.toLower(v: "AÑB"))},
        {expression: "strings.equalFold(v: \"Straße\", t: \"STRAßE\")", value: display(v: strings.equalFold(v: "Straße", t: "STRAßE"))},
        {expression: "strings.equalFold(v: \"a\", t: \"ab\")", value: display(v: strings.equalFold(v: "a", t: "ab"))},
    ],
)
