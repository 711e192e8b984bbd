// assertEmpty counts the tables with rows
import "array"
import "testing"

array.from(rows: [{k: 1}, {k: 2}, {k: 3}])
    |> group(columns: ["k"])
    |> filter(fn: (r) => r.k > 1, onEmpty: "keep")
    |> testing.assertEmpty()
