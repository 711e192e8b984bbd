// dot and brackets reach the same member
// modes: no
import "array"

r = {a: 1, "b c": 2, "option": 3}
array.from(
    rows: [
        {expression: "r.a", value: display(v: r.a)},
        {expression: "r[\"a\"]", value: display(v: r["a"])},
        {expression: "r[\"b c\"]", value: display(v: r["b c"])},
        {expression: "r[\"option\"]", value: display(v: r["option"])},
        {expression: "{a: {b: 1}}.a.b", value: display(v: {a: {b: 1}}.a.b)},
        {expression: "(r).a", value: display(v: (r).a)},
    ],
)
