// escapes, dollars, bytes, line ends in string literals
// modes: no
import "array"

array.from(
    rows: [
        {expression: "\"a$b\"", value: display(v: "a$b")},
        {expression: "\"$${x}\"", value: display(v: "$${x}")},
        {expression: "\"\\\${x}\"", value: display(v: "\${x}")},
        {expression: "\"\\xc2\\xb5\"", value: display(v: "\xc2\xb5")},
        {expression: "\"a\\tb\"", value: display(v: "a\tb")},
        {expression: "\"two\nlines\"", value: display(v: "two
lines")},
        {expression: "\"\\\"quoted\\\" \\\\\"", value: display(v: "\"quoted\" \\")},
    ],
)
