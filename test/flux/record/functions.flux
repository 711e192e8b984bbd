// records
import "array"
import "experimental/record"
import "experimental"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "record.get(r: {a: 1}, key: \"a\", default: 0)", value: display(v: record.get(r: {a: 1}, key: "a", default: 0))},
        {expression: "record.get(r: {a: 1}, key: \"b\", default: 0)", value: display(v: record.get(r: {a: 1}, key: "b", default: 0))},
        {expression: "record.any", value: display(v: record.any)},
        {expression: "experimental.objectKeys(o: {b: 1, a: 2})", value: display(v: experimental.objectKeys(o: {b: 1, a: 2}))},
    ],
)
