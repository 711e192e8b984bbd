// dict
import "array"
import "dict"
import "internal/debug"

option now = () => 2023-11-14T22:13:20Z

d = ["a": 1, "b": 2]

array.from(
    rows: [
        {expression: "dict.get(dict: d, key: \"a\", default: 0)", value: display(v: dict.get(dict: d, key: "a", default: 0))},
        {expression: "dict.get(dict: d, key: \"z\", default: 0)", value: display(v: dict.get(dict: d, key: "z", default: 0))},
        {expression: "dict.insert(dict: d, key: \"c\", value: 3)", value: display(v: dict.insert(dict: d, key: "c", value: 3))},
        {expression: "dict.insert(dict: d, key: \"a\", value: 3)", value: display(v: dict.insert(dict: d, key: "a", value: 3))},
        {expression: "dict.remove(dict: d, key: \"a\")", value: display(v: dict.remove(dict: d, key: "a"))},
        {expression: "dict.fromList(pairs: [{key: 2, value: \"x\"}, {key: 1, value: \"y\"}, {key: 2, value: \"z\"}])", value: display(v: dict.fromList(pairs: [{key: 2, value: "x"}, {key: 1, value: "y"}, {key: 2, value: "z"}]))},
        {expression: "dict.get(dict: [1.5: \"x\", -1.0: \"y\"], key: -1.0, default: \"\")", value: display(v: dict.get(dict: [1.5: "x", -1.0: "y"], key: -1.0, default: ""))},
    ],
)
