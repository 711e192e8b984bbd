// experimental.fill: a value, or the one before; a leading null has none before it
import "array"
import "experimental"
import "internal/debug"

data = array.from(rows: [
    {host: "a", _value: debug.null(type: "int")},
    {host: "a", _value: 7},
    {host: "a", _value: debug.null(type: "int")},
    {host: "b", _value: debug.null(type: "int")},
])
    |> group(columns: ["host"])

data |> experimental.fill(value: -1) |> yield(name: "1 value")
data |> experimental.fill(usePrevious: true) |> yield(name: "2 previous")
