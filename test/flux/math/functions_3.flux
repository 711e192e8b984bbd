// math
import "array"
import "math"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "math.lgamma(x: 5.0)", value: display(v: math.lgamma(x: 5.0))},
        {expression: "math.gamma(x: -1.0)", value: display(v: math.gamma(x: -1.0))},
        {expression: "math.gamma(x: 5.0)", value: display(v: math.gamma(x: 5.0))},
        {expression: "math.y0(x: -1.0)", value: display(v: math.y0(x: -1.0))},
        {expression: "math.erfinv(x: 0.5) < 0.47693627620447", value: display(v: math.erfinv(x: 0.5) < 0.47693627620447)},
        {expression: "math.erfcinv(x: 0.5) > 0.47693627620446", value: display(v: math.erfcinv(x: 0.5) > 0.47693627620446)},
        {expression: "math.erfinv(x: 1.0)", value: display(v: math.erfinv(x: 1.0))},
        {expression: "math.erfinv(x: 2.0)", value: display(v: math.erfinv(x: 2.0))},
        {expression: "math.float64bits(f: 1.0)", value: display(v: math.float64bits(f: 1.0))},
        {expression: "math.float64frombits(b: uint(v: 4607182418800017408))", value: display(v: math.float64frombits(b: uint(v: 4607182418800017408)))},
        {expression: "math.maxint", value: display(v: math.maxint)},
        {expression: "math.minint", value: display(v: math.minint)},
    ],
)
