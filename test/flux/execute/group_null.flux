// null is a key value of its own
import "array"
import "internal/debug"

array.from(rows: [{v: 1, a: "x"}, {v: 2, a: debug.null(type: "string")}, {v: 3, a: "x"}, {v: 4, a: debug.null(type: "string")}])
    |> group(columns: ["a"])
