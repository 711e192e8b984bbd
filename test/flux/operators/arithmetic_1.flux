// arithmetic on integers wraps, divides towards zero
import "array"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "-2.0 ^ 2.0", value: display(v: -2.0 ^ 2.0)},
        {expression: "2.0 ^ 3.0 ^ 2.0", value: display(v: 2.0 ^ 3.0 ^ 2.0)},
        {expression: "-7 / 2", value: display(v: -7 / 2)},
        {expression: "-7 % 3", value: display(v: -7 % 3)},
        {expression: "7 % -3", value: display(v: 7 % -3)},
        {expression: "9223372036854775807 + 1", value: display(v: 9223372036854775807 + 1)},
        {expression: "1.0 / 0.0", value: display(v: 1.0 / 0.0)},
        {expression: "-1.0 / 0.0", value: display(v: -1.0 / 0.0)},
        {expression: "7.5 % 2.0", value: display(v: 7.5 % 2.0)},
        {expression: "(-9223372036854775807 - 1) / -1", value: display(v: (-9223372036854775807 - 1) / -1)},
        {expression: "(-9223372036854775807 - 1) % -1", value: display(v: (-9223372036854775807 - 1) % -1)},
        {expression: "\"a\" + \"b\"", value: display(v: "a" + "b")},
    ],
)
