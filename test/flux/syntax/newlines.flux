// a line that begins with an operator or bracket goes on with the one before
// modes: no
import "array"

x = 1
    + 2
y = [1, 2]
    [1]
z = {a: 5}
    .a
array.from(
    rows: [
        {expression: "x", value: display(v: x)},
        {expression: "y", value: display(v: y)},
        {expression: "z", value: display(v: z)},
    ],
)
