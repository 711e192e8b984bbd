// comparisons mix numbers, order strings bytewise
import "array"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "\"B\" < \"a\"", value: display(v: "B" < "a")},
        {expression: "\"a\" =~ /A/", value: display(v: "a" =~ /A/)},
        {expression: "\"abc\" =~ /b/", value: display(v: "abc" =~ /b/)},
        {expression: "\"abc\" !~ /b/", value: display(v: "abc" !~ /b/)},
        {expression: "1 < 2.5", value: display(v: 1 < 2.5)},
        {expression: "-1 < int(v: uint(v: 1))", value: display(v: -1 < int(v: uint(v: 1)))},
        {expression: "-1 < uint(v: 18446744073)", value: display(v: -1 < uint(v: 18446744073))},
        {expression: "[1, 2] == [1, 2]", value: display(v: [1, 2] == [1, 2])},
        {expression: "{a: 1, b: \"x\"} == {b: \"x\", a: 1}", value: display(v: {a: 1, b: "x"} == {b: "x", a: 1})},
        {expression: "2020-01-01T00:00:00Z < 2020-01-02T00:00:00Z", value: display(v: 2020-01-01T00:00:00Z < 2020-01-02T00:00:00Z)},
        {expression: "true == false", value: display(v: true == false)},
    ],
)
