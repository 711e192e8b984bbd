// integers and floats without exponent
// modes: no
import "array"

array.from(
    rows: [
        {expression: "0", value: display(v: 0)},
        {expression: "9223372036854775807", value: display(v: 9223372036854775807)},
        {expression: "007.25", value: display(v: 007.25)},
        {expression: ".5", value: display(v: .5)},
        {expression: "1.", value: display(v: 1.)},
        {expression: "2020-1-1", value: display(v: 2020-1-1)},
        {expression: "10.0", value: display(v: 10.0)},
    ],
)
