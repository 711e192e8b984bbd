// literals
import "array"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "\"\${1 + 1} \${\"a\"} \${2020-01-01} \${1y2mo8d} \${0.1 + 0.2} \${true}\"", value: display(v: "${1 + 1} ${"a"} ${2020-01-01} ${1y2mo8d} ${0.1 + 0.2} ${true}")},
        {expression: "[1, 2, 3][1]", value: display(v: [1, 2, 3][1])},
        {expression: "{a: 1, b: {c: 2}}.b.c", value: display(v: {a: 1, b: {c: 2}}.b.c)},
        {expression: "{a: 1}[\"a\"]", value: display(v: {a: 1}["a"])},
        {expression: "[1: \"a\", 2: \"b\"]", value: display(v: [1: "a", 2: "b"])},
        {expression: "[:]", value: display(v: [:])},
        {expression: "{a: 1, b: 2, c: 3, d: 4}", value: display(v: {a: 1, b: 2, c: 3, d: 4})},
        {expression: "[1, 2, 3, 4]", value: display(v: [1, 2, 3, 4])},
        {expression: "[\"a\": 1, \"b\": 2, \"c\": 3, \"d\": 4]", value: display(v: ["a": 1, "b": 2, "c": 3, "d": 4])},
        {expression: "/a\\/b/", value: display(v: /a\/b/)},
    ],
)
