// concatenation shares what it can
import "array"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "\"\" + \"a\"", value: display(v: "" + "a")},
        {expression: "\"a\" + \"\"", value: display(v: "a" + "")},
        {expression: "\"\" + \"\"", value: display(v: "" + "")},
    ],
)
