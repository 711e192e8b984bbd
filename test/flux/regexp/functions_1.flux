// regexp
import "array"
import "regexp"

option now = () => 2023-11-14T22:13:20Z

braces = "$" + "{1}W"

array.from(
    rows: [
        {expression: "regexp.findString(r: /foo.?/, v: \"seafood fool\")", value: display(v: regexp.findString(r: /foo.?/, v: "seafood fool"))},
        {expression: "regexp.findString(r: /z/, v: \"a\")", value: display(v: regexp.findString(r: /z/, v: "a"))},
        {expression: "regexp.findStringIndex(r: /ab?/, v: \"tablett\")", value: display(v: regexp.findStringIndex(r: /ab?/, v: "tablett"))},
        {expression: "regexp.findStringIndex(r: /z/, v: \"a\")", value: display(v: regexp.findStringIndex(r: /z/, v: "a"))},
        {expression: "regexp.matchRegexpString(r: /(gopher){2}/, v: \"gophergophergopher\")", value: display(v: regexp.matchRegexpString(r: /(gopher){2}/, v: "gophergophergopher"))},
        {expression: "regexp.replaceAllString(r: /a(x*)b/, v: \"-ab-axxb-\", t: \"T\")", value: display(v: regexp.replaceAllString(r: /a(x*)b/, v: "-ab-axxb-", t: "T"))},
        {expression: "regexp.replaceAllString(r: /a(x*)b/, v: \"-ab-axxb-\", t: braces)", value: display(v: regexp.replaceAllString(r: /a(x*)b/, v: "-ab-axxb-", t: braces))},
        {expression: "regexp.replaceAllString(r: /a(x*)b/, v: \"-ab-axxb-\", t: \"$1W\")", value: display(v: regexp.replaceAllString(r: /a(x*)b/, v: "-ab-axxb-", t: "$1W"))},
        {expression: "regexp.replaceAllString(r: /a(?P<n>x*)b/, v: \"-ab-axxb-\", t: \"$n.$$\")", value: display(v: regexp.replaceAllString(r: /a(?P<n>x*)b/, v: "-ab-axxb-", t: "$n.$$"))},
        {expression: "regexp.replaceAllString(r: /x*/, v: \"abc\", t: \"-\")", value: display(v: regexp.replaceAllString(r: /x*/, v: "abc", t: "-"))},
        {expression: "regexp.splitRegexp(r: /a*/, v: \"abaabaccadaaae\", i: 5)", value: display(v: regexp.splitRegexp(r: /a*/, v: "abaabaccadaaae", i: 5))},
        {expression: "regexp.splitRegexp(r: /,/, v: \"a,b\", i: -1)", value: display(v: regexp.splitRegexp(r: /,/, v: "a,b", i: -1))},
    ],
)
