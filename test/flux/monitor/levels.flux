// levels
import "array"
import "influxdata/influxdb/monitor"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "monitor.levelOK", value: display(v: monitor.levelOK)},
        {expression: "monitor.levelCrit", value: display(v: monitor.levelCrit)},
        {expression: "monitor.bucket", value: display(v: monitor.bucket)},
    ],
)
