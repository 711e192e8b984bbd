// a block with variables, interpolation, conversions
import "array"

array.from(rows: [{a: 1, b: 2.5}, {a: -3, b: 0.5}])
    |> map(
        fn: (r) => {
            x = float(v: r.a) * r.b

            return {r with x: x, text: "${r.a} * ${r.b} = ${x}", n: int(v: x), s: string(v: r.b)}
        },
    )
