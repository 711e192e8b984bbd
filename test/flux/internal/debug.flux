// internal/debug
import "array"
import "internal/debug"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "debug.null(type: \"int\")", value: display(v: debug.null(type: "int"))},
        {expression: "exists debug.null(type: \"int\")", value: display(v: exists debug.null(type: "int"))},
        {expression: "debug.null(type: \"int\") + 1", value: display(v: debug.null(type: "int") + 1)},
        {expression: "int(v: debug.null(type: \"string\"))", value: display(v: int(v: debug.null(type: "string")))},
        {expression: "debug.vectorize", value: display(v: debug.vectorize)},
        {expression: "debug.getOption(pkg: \"internal/debug\", name: \"vectorize\")", value: display(v: debug.getOption(pkg: "internal/debug", name: "vectorize"))},
    ],
)
