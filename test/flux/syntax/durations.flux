// units in any order and again, glued together
// modes: no
import "array"

array.from(
    rows: [
        {expression: "1h1h", value: display(v: 1h1h)},
        {expression: "2w1y", value: display(v: 2w1y)},
        {expression: "1y2mo3w4d5h6m7s8ms9us10ns", value: display(v: 1y2mo3w4d5h6m7s8ms9us10ns)},
        {expression: "3µs", value: display(v: 3µs)},
        {expression: "05m", value: display(v: 05m)},
        {expression: "1mo30d", value: display(v: 1mo30d)},
        {expression: "90m", value: display(v: 90m)},
    ],
)
