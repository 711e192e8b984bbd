// conversions
import "array"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "int(v: \"12\")", value: display(v: int(v: "12"))},
        {expression: "int(v: \"+12\")", value: display(v: int(v: "+12"))},
        {expression: "int(v: \"-9223372036854775808\")", value: display(v: int(v: "-9223372036854775808"))},
        {expression: "int(v: 1mo)", value: display(v: int(v: 1mo))},
        {expression: "int(v: 2.9)", value: display(v: int(v: 2.9))},
        {expression: "int(v: -2.9)", value: display(v: int(v: -2.9))},
        {expression: "int(v: true)", value: display(v: int(v: true))},
        {expression: "int(v: 1970-01-01T00:00:01Z)", value: display(v: int(v: 1970-01-01T00:00:01Z))},
        {expression: "int(v: uint(v: -1))", value: display(v: int(v: uint(v: -1)))},
        {expression: "uint(v: \"12\")", value: display(v: uint(v: "12"))},
        {expression: "float(v: \"1e3\")", value: display(v: float(v: "1e3"))},
        {expression: "float(v: \"0x1p4\")", value: display(v: float(v: "0x1p4"))},
    ],
)
