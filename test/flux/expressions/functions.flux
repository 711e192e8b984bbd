// calls, defaults, pipes, closures
import "array"

option now = () => 2023-11-14T22:13:20Z

f = (a, b=1) => a + b
g = (x=<-, y) => x * y
k = (n) => () => n
r = {a: 1, b: 2}

array.from(
    rows: [
        {expression: "f(a: 1)", value: display(v: f(a: 1))},
        {expression: "f(a: 1, b: 5)", value: display(v: f(a: 1, b: 5))},
        {expression: "3 |> g(y: 4)", value: display(v: 3 |> g(y: 4))},
        {expression: "g(x: 3, y: 4)", value: display(v: g(x: 3, y: 4))},
        {expression: "k(n: 7)()", value: display(v: k(n: 7)())},
        {expression: "((x) => { y = x + 1 return y * 2 })(x: 3)", value: display(v: ((x) => { y = x + 1 return y * 2 })(x: 3))},
        {expression: "{r with b: 3, c: 4}", value: display(v: {r with b: 3, c: 4})},
    ],
)
