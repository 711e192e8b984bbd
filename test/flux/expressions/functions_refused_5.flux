// refused: pipe argument also specified as a keyword parameter: "x"
import "array"

f = (a, b=1) => a + b
g = (x=<-, y) => x * y
k = (n) => () => n
r = {a: 1, b: 2}

array.from(rows: [{value: display(v: 1 |> g(x: 1, y: 2))}])
