// system
import "array"
import "system"
import "runtime"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "system.time() > 2024-01-01T00:00:00Z", value: display(v: system.time() > 2024-01-01T00:00:00Z)},
        {expression: "runtime.version()", value: display(v: runtime.version())},
    ],
)
