// math
import "array"
import "math"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "math.maxuint", value: display(v: math.maxuint)},
        {expression: "math.maxfloat", value: display(v: math.maxfloat)},
        {expression: "math.smallestNonzeroFloat", value: display(v: math.smallestNonzeroFloat)},
        {expression: "math.sincos(x: 0.0)", value: display(v: math.sincos(x: 0.0))},
    ],
)
