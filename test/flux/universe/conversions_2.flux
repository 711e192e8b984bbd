// conversions
import "array"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "float(v: \"inf\")", value: display(v: float(v: "inf"))},
        {expression: "float(v: \"-Infinity\")", value: display(v: float(v: "-Infinity"))},
        {expression: "float(v: \"NaN\")", value: display(v: float(v: "NaN"))},
        {expression: "float(v: 3)", value: display(v: float(v: 3))},
        {expression: "float(v: false)", value: display(v: float(v: false))},
        {expression: "bool(v: \"true\")", value: display(v: bool(v: "true"))},
        {expression: "bool(v: 1)", value: display(v: bool(v: 1))},
        {expression: "bool(v: 0.0)", value: display(v: bool(v: 0.0))},
        {expression: "string(v: 1y2mo8d)", value: display(v: string(v: 1y2mo8d))},
        {expression: "string(v: 0.1 + 0.2)", value: display(v: string(v: 0.1 + 0.2))},
        {expression: "string(v: 1.0)", value: display(v: string(v: 1.0))},
        {expression: "string(v: 1000000000000000000000.0)", value: display(v: string(v: 1000000000000000000000.0))},
    ],
)
