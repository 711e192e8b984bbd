// parentheses and functions told apart
// modes: no
import "array"

x = 1
array.from(
    rows: [
        {expression: "(x)", value: display(v: (x))},
        {expression: "(() => 1)()", value: display(v: (() => 1)())},
        {expression: "((x) => x)(x: 2)", value: display(v: ((x) => x)(x: 2))},
        {expression: "((x=3) => x)()", value: display(v: ((x=3) => x)())},
        {expression: "(() => ({a: 1}))().a", value: display(v: (() => ({a: 1}))().a)},
        {expression: "(() => {\n    return 4\n})()", value: display(v: (() => {
    return 4
})())},
    ],
)
