// a slash starts an expression only where an operand may stand
// modes: no
import "array"

array.from(
    rows: [
        {expression: "\"ab\" =~ /a/", value: display(v: "ab" =~ /a/)},
        {expression: "\"a/b\" =~ /a\\/b/", value: display(v: "a/b" =~ /a\/b/)},
        {expression: "8 / 4 / 2", value: display(v: 8 / 4 / 2)},
        {expression: "\"A\" =~ /\\x41/", value: display(v: "A" =~ /\x41/)},
        {expression: "\"x\" =~ /[\\\\]/", value: display(v: "x" =~ /[\\]/)},
        {expression: "\"\\\\\" =~ /[\\\\]/", value: display(v: "\\" =~ /[\\]/)},
        {expression: "\"anything\" =~ /(?:)/", value: display(v: "anything" =~ /(?:)/)},
        {expression: "6 /3", value: display(v: 6 /3)},
    ],
)
