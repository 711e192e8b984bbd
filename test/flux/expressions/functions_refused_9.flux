// refused: missing required argument
import "array"

f = (a, b=1) => a + b
g = (x=<-, y) => x * y
k = (n) => () => n
r = {a: 1, b: 2}

array.from(rows: [{value: display(v: map(fn: 1))}])
