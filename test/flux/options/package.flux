// options of packages
import "array"
import "internal/debug"
import "profiler"

option now = () => 2023-11-14T22:13:20Z

option debug.vectorize = true
option profiler.enabledProfilers = ["query"]

array.from(
    rows: [
        {expression: "debug.vectorize", value: display(v: debug.vectorize)},
        {expression: "debug.getOption(pkg: \"internal/debug\", name: \"vectorize\")", value: display(v: debug.getOption(pkg: "internal/debug", name: "vectorize"))},
        {expression: "profiler.enabledProfilers", value: display(v: profiler.enabledProfilers)},
    ],
)
