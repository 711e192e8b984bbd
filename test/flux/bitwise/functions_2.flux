// bitwise
import "array"
import "bitwise"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "bitwise.urshift(a: uint(v: 256), b: uint(v: 4))", value: display(v: bitwise.urshift(a: uint(v: 256), b: uint(v: 4)))},
    ],
)
