// what binds tighter than what
// modes: no
import "array"

f = (x=<-) => x + 1
array.from(
    rows: [
        {expression: "2.0 ^ 3.0 ^ 2.0", value: display(v: 2.0 ^ 3.0 ^ 2.0)},
        {expression: "1 + 2 * 3", value: display(v: 1 + 2 * 3)},
        {expression: "2 * 3 |> f()", value: display(v: 2 * 3 |> f())},
        {expression: "-2 |> f()", value: display(v: -2 |> f())},
        {expression: "not 1 == 2", value: display(v: not 1 == 2)},
        {expression: "not false and false", value: display(v: not false and false)},
        {expression: "true or false and false", value: display(v: true or false and false)},
        {expression: "1 < 2 == true", value: display(v: 1 < 2 == true)},
        {expression: "10 - 3 - 2", value: display(v: 10 - 3 - 2)},
        {expression: "100 / 10 / 5", value: display(v: 100 / 10 / 5)},
        {expression: "-[1, 2][0]", value: display(v: -[1, 2][0])},
        {expression: "if false then 1 else if false then 2 else 3", value: display(v: if false then 1 else if false then 2 else 3)},
    ],
)
