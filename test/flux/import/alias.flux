// imports
import "array"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "1", value: display(v: 1)},
    ],
)
