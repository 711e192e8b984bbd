// prelude packages can be imported too
import "array"
import "influxdata/influxdb"
import "internal/boolean"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "boolean.true", value: display(v: boolean.true)},
        {expression: "if boolean.false then 1 else 2", value: display(v: if boolean.false then 1 else 2)},
    ],
)
