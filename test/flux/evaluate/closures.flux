// lambdas close over their scope, defaults are evaluated where the lambda stands
import "array"

n = 10
add = (x, y=n) => x + y
make = (n) => (x) => add(x: x, y: n)
twice = (f, x) => f(x: f(x: x))
pick = (r, key="a") => if key == "a" then r.a else r.b

array.from(
    rows: [
        {what: "default", value: add(x: 1)},
        {what: "closure", value: make(n: 5)(x: 1)},
        {what: "higher order", value: twice(f: make(n: 3), x: 1)},
        {what: "shadow", value: ((n) => n * 2)(n: 4)},
        {what: "records", value: pick(r: {a: 1, b: 2}, key: "b") + pick(r: {a: 1, b: 2})},
    ],
)
