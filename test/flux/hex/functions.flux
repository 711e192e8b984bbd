// hex
import "array"
import "contrib/bonitoo-io/hex"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "hex.int(v: \"4d2\")", value: display(v: hex.int(v: "4d2"))},
        {expression: "hex.int(v: \"-4d2\")", value: display(v: hex.int(v: "-4d2"))},
        {expression: "hex.uint(v: \"ffffffffffffffff\")", value: display(v: hex.uint(v: "ffffffffffffffff"))},
        {expression: "hex.string(v: 1234)", value: display(v: hex.string(v: 1234))},
        {expression: "hex.string(v: -1)", value: display(v: hex.string(v: -1))},
        {expression: "hex.string(v: bytes(v: \"hi\"))", value: display(v: hex.string(v: bytes(v: "hi")))},
        {expression: "hex.bytes(v: \"6869\")", value: display(v: hex.bytes(v: "6869"))},
    ],
)
