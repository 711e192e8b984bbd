// f(a, b) is f(a: a, b: b)
// modes: no
import "array"

a = 1
b = 2
r = {a: 0, c: 3}
f = (a, b) => a * 10 + b
array.from(
    rows: [
        {expression: "f(a, b)", value: display(v: f(a, b))},
        {expression: "{a, b}.b", value: display(v: {a, b}.b)},
        {expression: "{r with a}.a", value: display(v: {r with a}.a)},
    ],
)
