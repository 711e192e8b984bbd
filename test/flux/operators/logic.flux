// and, or, not stop early; null is refused at script level
import "array"
import "internal/debug"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "true and false", value: display(v: true and false)},
        {expression: "true or die(msg: \"x\")", value: display(v: true or die(msg: "x"))},
        {expression: "false and die(msg: \"x\")", value: display(v: false and die(msg: "x"))},
        {expression: "not true", value: display(v: not true)},
        {expression: "exists {a: 1}.a", value: display(v: exists {a: 1}.a)},
        {expression: "if 1 > 2 then \"a\" else \"b\"", value: display(v: if 1 > 2 then "a" else "b")},
    ],
)
