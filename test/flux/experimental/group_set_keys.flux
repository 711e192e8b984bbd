// experimental.group extends the key, experimental.set writes several columns, of the key too
import "array"
import "experimental"

data = array.from(rows: [
    {host: "a", zone: "n", _value: 1}, {host: "a", zone: "s", _value: 2}, {host: "b", zone: "n", _value: 3},
])
    |> group(columns: ["host"])

data |> experimental.group(columns: ["zone"], mode: "extend") |> count() |> yield(name: "1 group")
data |> experimental.set(o: {zone: "all", unit: "C", factor: 0.5, on: true}) |> yield(name: "2 set")
data |> experimental.set(o: {host: "both"}) |> sum() |> yield(name: "3 set of the key")
array.from(rows: [{keys: display(v: experimental.objectKeys(o: {b: 1, a: "x"}))}]) |> yield(name: "4 objectKeys")
