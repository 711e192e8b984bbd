// array
import table "array"
import "experimental/array"

option now = () => 2023-11-14T22:13:20Z

table.from(
    rows: [
        {expression: "array.map(arr: [1, 2, 3], fn: (x) => x * 2)", value: display(v: array.map(arr: [1, 2, 3], fn: (x) => x * 2))},
        {expression: "[1, 2, 3] |> array.filter(fn: (x) => x > 1)", value: display(v: [1, 2, 3] |> array.filter(fn: (x) => x > 1))},
        {expression: "array.concat(arr: [1], v: [2, 3])", value: display(v: array.concat(arr: [1], v: [2, 3]))},
        {expression: "array.map(arr: [1], fn: (x) => ({n: x}))", value: display(v: array.map(arr: [1], fn: (x) => ({n: x})))},
        {expression: "array.toString(arr: [1, 2])", value: display(v: array.toString(arr: [1, 2]))},
        {expression: "[\"1\", \"2\"] |> array.toInt()", value: display(v: ["1", "2"] |> array.toInt())},
        {expression: "array.toBool(arr: [1, 0])", value: display(v: array.toBool(arr: [1, 0]))},
    ],
)
