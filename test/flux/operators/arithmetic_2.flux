// arithmetic on integers wraps, divides towards zero
import "array"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "uint(v: 1) - uint(v: 2)", value: display(v: uint(v: 1) - uint(v: 2))},
        {expression: "-1mo", value: display(v: -1mo)},
        {expression: "2 ^ 3", value: display(v: 2 ^ 3)},
    ],
)
