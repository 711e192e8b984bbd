// any expression stands in a string, strings too
// modes: no
import "array"

x = 1
array.from(
    rows: [
        {expression: "\"\${1 + 1}\"", value: display(v: "${1 + 1}")},
        {expression: "\"a\${\"b\${\"c\"}\"}d\"", value: display(v: "a${"b${"c"}"}d")},
        {expression: "\"\${x}\${x}\"", value: display(v: "${x}${x}")},
        {expression: "\"\${{a: 1}.a}\"", value: display(v: "${{a: 1}.a}")},
        {expression: "\"\${[1, 2][1]}\"", value: display(v: "${[1, 2][1]}")},
        {expression: "\"\${if x == 1 then \"one\" else \"other\"}\"", value: display(v: "${if x == 1 then "one" else "other"}")},
        {expression: "\"$${x}\"", value: display(v: "$${x}")},
        {expression: "\"\${2020-01-01}\"", value: display(v: "${2020-01-01}")},
    ],
)
