// tables that set() gives one key become one, also when one had that key before
import "array"

array.from(rows: [{h: "a", v: 1}, {h: "b", v: 2}, {h: "c", v: 3}])
    |> group(columns: ["h"])
    |> set(key: "h", value: "a")
