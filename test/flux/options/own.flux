// options of a script
import "array"

option now = () => 2023-11-14T22:13:20Z

option task = {name: "x", every: 1h}
option mine = 3

array.from(
    rows: [
        {expression: "task.name", value: display(v: task.name)},
        {expression: "task.every", value: display(v: task.every)},
        {expression: "-task.every", value: display(v: -task.every)},
        {expression: "mine", value: display(v: mine)},
    ],
)
