// conversions
import "array"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "1000000000000000000000.0", value: display(v: 1000000000000000000000.0)},
        {expression: "100000000000000000000.0", value: display(v: 100000000000000000000.0)},
        {expression: "contains(value: 1, set: [1, 2])", value: display(v: contains(value: 1, set: [1, 2]))},
        {expression: "contains(value: 3, set: [1, 2])", value: display(v: contains(value: 3, set: [1, 2]))},
        {expression: "length(arr: [1, 2, 3])", value: display(v: length(arr: [1, 2, 3]))},
        {expression: "linearBins(start: 0.0, width: 5.0, count: 2)", value: display(v: linearBins(start: 0.0, width: 5.0, count: 2))},
        {expression: "logarithmicBins(start: 1.0, factor: 2.0, count: 3, infinity: false)", value: display(v: logarithmicBins(start: 1.0, factor: 2.0, count: 3, infinity: false))},
        {expression: "now()", value: display(v: now())},
        {expression: "inf", value: display(v: inf)},
    ],
)
