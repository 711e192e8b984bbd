// math
import "array"
import "math"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "math.abs(x: -1.5)", value: display(v: math.abs(x: -1.5))},
        {expression: "math.pi", value: display(v: math.pi)},
        {expression: "math.round(x: -2.5)", value: display(v: math.round(x: -2.5))},
        {expression: "math.roundtoeven(x: 2.5)", value: display(v: math.roundtoeven(x: 2.5))},
        {expression: "math.mMax(x: math.NaN(), y: 1.0)", value: display(v: math.mMax(x: math.NaN(), y: 1.0))},
        {expression: "math.mMax(x: math.NaN(), y: math.mInf(sign: 1))", value: display(v: math.mMax(x: math.NaN(), y: math.mInf(sign: 1)))},
        {expression: "math.mMin(x: 1.0, y: 2.0)", value: display(v: math.mMin(x: 1.0, y: 2.0))},
        {expression: "math.mod(x: -7.0, y: 3.0)", value: display(v: math.mod(x: -7.0, y: 3.0))},
        {expression: "math.remainder(x: 7.0, y: 4.0)", value: display(v: math.remainder(x: 7.0, y: 4.0))},
        {expression: "math.modf(f: math.mInf(sign: 1))", value: display(v: math.modf(f: math.mInf(sign: 1)))},
        {expression: "math.modf(f: 3.25)", value: display(v: math.modf(f: 3.25))},
        {expression: "math.frexp(f: 8.0)", value: display(v: math.frexp(f: 8.0))},
    ],
)
