// tasks.lastSuccess
import "array"
import "influxdata/influxdb/tasks"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "tasks.lastSuccess(orTime: -1h)", value: display(v: tasks.lastSuccess(orTime: -1h))},
        {expression: "tasks.lastSuccess(orTime: 2020-01-01T00:00:00Z)", value: display(v: tasks.lastSuccess(orTime: 2020-01-01T00:00:00Z))},
    ],
)
