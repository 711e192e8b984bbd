// strings
import "array"
import "strings"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "strings.countStr(v: \"añb\", substr: \"\")", value: display(v: strings.countStr(v: "añb", substr: ""))},
        {expression: "strings.countStr(v: \"aaa\", substr: \"aa\")", value: display(v: strings.countStr(v: "aaa", substr: "aa"))},
        {expression: "strings.split(v: \"a,b,c\", t: \",\")", value: display(v: strings.split(v: "a,b,c", t: ","))},
        {expression: "strings.split(v: \"añb\", t: \"\")", value: display(v: strings.split(v: "añb", t: ""))},
        {expression: "strings.split(v: \"\", t: \",\")", value: display(v: strings.split(v: "", t: ","))},
        {expression: "strings.splitAfter(v: \"a,b,c\", t: \",\")", value: display(v: strings.splitAfter(v: "a,b,c", t: ","))},
        {expression: "strings.splitN(v: \"a,b,c\", t: \",\", i: 2)", value: display(v: strings.splitN(v: "a,b,c", t: ",", i: 2))},
        {expression: "strings.splitN(v: \"a,b,c\", t: \",\", i: 0)", value: display(v: strings.splitN(v: "a,b,c", t: ",", i: 0))},
        {expression: "strings.splitAfterN(v: \"a,b,c\", t: \",\", i: 2)", value: display(v: strings.splitAfterN(v: "a,b,c", t: ",", i: 2))},
        {expression: "strings.replace(v: \"oink oink oink\", t: \"oink\", u: \"moo\", i: 2)", value: display(v: strings.replace(v: "oink oink oink", t: "oink", u: "moo", i: 2))},
        {expression: "strings.replaceAll(v: \"oink oink\", t: \"oink\", u: \"moo\")", value: display(v: strings.replaceAll(v: "oink oink", t: "oink", u: "moo"))},
        {expression: "strings.replaceAll(v: \"abc\", t: \"\", u: \"-\")", value: display(v: strings.replaceAll(v: "abc", t: "", u: "-"))},
    ],
)
