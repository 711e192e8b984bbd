// Bessel functions of the first kind are 0 at both infinities, without a sign
import "array"
import "math"

low = math.mInf(sign: -1)

high = math.mInf(sign: 1)

array.from(
    rows: [
        {call: "j0", at_low: display(v: math.j0(x: low)), at_high: display(v: math.j0(x: high))},
        {call: "j1", at_low: display(v: math.j1(x: low)), at_high: display(v: math.j1(x: high))},
        {call: "j2", at_low: display(v: math.jn(n: 2, x: low)), at_high: display(v: math.jn(n: 2, x: high))},
        {call: "j3", at_low: display(v: math.jn(n: 3, x: low)), at_high: display(v: math.jn(n: 3, x: high))},
        {call: "j-3", at_low: display(v: math.jn(n: -3, x: low)), at_high: display(v: math.jn(n: -3, x: high))},
    ],
)
