// a comma may follow the last item; in arrays only the first comma is needed
// modes: no
import "array"

f = (a, b,) => a - b
array.from(
    rows: [
        {expression: "f(a: 1, b: 2,)", value: display(v: f(a: 1, b: 2,))},
        {expression: "[1, 2, 3,]", value: display(v: [1, 2, 3,])},
        {expression: "[1, 2 3]", value: display(v: [1, 2 3])},
        {expression: "{a: 1,}.a", value: display(v: {a: 1,}.a)},
        {expression: "((a, b,) => a + b)(a: 1, b: 1)", value: display(v: ((a, b,) => a + b)(a: 1, b: 1))},
    ],
)
