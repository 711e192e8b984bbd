// bitwise
import "array"
import "bitwise"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "bitwise.sand(a: 12, b: 10)", value: display(v: bitwise.sand(a: 12, b: 10))},
        {expression: "bitwise.sor(a: 12, b: 10)", value: display(v: bitwise.sor(a: 12, b: 10))},
        {expression: "bitwise.sxor(a: 12, b: 10)", value: display(v: bitwise.sxor(a: 12, b: 10))},
        {expression: "bitwise.sclear(a: 12, b: 10)", value: display(v: bitwise.sclear(a: 12, b: 10))},
        {expression: "bitwise.snot(a: 12)", value: display(v: bitwise.snot(a: 12))},
        {expression: "bitwise.slshift(a: 1, b: 63)", value: display(v: bitwise.slshift(a: 1, b: 63))},
        {expression: "bitwise.slshift(a: 1, b: 64)", value: display(v: bitwise.slshift(a: 1, b: 64))},
        {expression: "bitwise.srshift(a: -8, b: 1)", value: display(v: bitwise.srshift(a: -8, b: 1))},
        {expression: "bitwise.srshift(a: -8, b: 100)", value: display(v: bitwise.srshift(a: -8, b: 100))},
        {expression: "bitwise.uand(a: uint(v: 12), b: uint(v: 10))", value: display(v: bitwise.uand(a: uint(v: 12), b: uint(v: 10)))},
        {expression: "bitwise.unot(a: uint(v: 0))", value: display(v: bitwise.unot(a: uint(v: 0)))},
        {expression: "bitwise.ulshift(a: uint(v: 1), b: uint(v: 4))", value: display(v: bitwise.ulshift(a: uint(v: 1), b: uint(v: 4)))},
    ],
)
