// math
import "array"
import "math"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "math.frexp(f: math.mInf(sign: -1))", value: display(v: math.frexp(f: math.mInf(sign: -1)))},
        {expression: "math.dim(x: math.mInf(sign: 1), y: math.mInf(sign: 1))", value: display(v: math.dim(x: math.mInf(sign: 1), y: math.mInf(sign: 1)))},
        {expression: "math.dim(x: 4.0, y: 2.5)", value: display(v: math.dim(x: 4.0, y: 2.5))},
        {expression: "math.ilogb(x: 0.0)", value: display(v: math.ilogb(x: 0.0))},
        {expression: "math.ilogb(x: math.NaN())", value: display(v: math.ilogb(x: math.NaN()))},
        {expression: "math.ilogb(x: 8.0)", value: display(v: math.ilogb(x: 8.0))},
        {expression: "math.logb(x: 0.0)", value: display(v: math.logb(x: 0.0))},
        {expression: "math.pow10(n: 400)", value: display(v: math.pow10(n: 400))},
        {expression: "math.pow10(n: -400)", value: display(v: math.pow10(n: -400))},
        {expression: "math.pow10(n: 3)", value: display(v: math.pow10(n: 3))},
        {expression: "math.isInf(f: math.mInf(sign: -1), sign: 1)", value: display(v: math.isInf(f: math.mInf(sign: -1), sign: 1))},
        {expression: "math.isInf(f: math.mInf(sign: -1), sign: 0)", value: display(v: math.isInf(f: math.mInf(sign: -1), sign: 0))},
    ],
)
