// conversions
import "array"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "string(v: 100000000000000000000000.0)", value: display(v: string(v: 100000000000000000000000.0))},
        {expression: "string(v: 2020-01-01)", value: display(v: string(v: 2020-01-01))},
        {expression: "string(v: 0ns)", value: display(v: string(v: 0ns))},
        {expression: "string(v: bytes(v: \"hi\"))", value: display(v: string(v: bytes(v: "hi")))},
        {expression: "time(v: \"2020-01-01\")", value: display(v: time(v: "2020-01-01"))},
        {expression: "time(v: 1000000000)", value: display(v: time(v: 1000000000))},
        {expression: "duration(v: \"1h30m\")", value: display(v: duration(v: "1h30m"))},
        {expression: "duration(v: \"-1d\")", value: display(v: duration(v: "-1d"))},
        {expression: "duration(v: 60000000000)", value: display(v: duration(v: 60000000000))},
        {expression: "bytes(v: \"hi\")", value: display(v: bytes(v: "hi"))},
        {expression: "0.00001", value: display(v: 0.00001)},
        {expression: "0.0001", value: display(v: 0.0001)},
    ],
)
