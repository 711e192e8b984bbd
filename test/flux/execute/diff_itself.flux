// a stream does not differ from itself
import "array"
import "testing"

data = array.from(rows: [{k: "a", v: 1}, {k: "a", v: 2}, {k: "b", v: 3}]) |> group(columns: ["k"])

testing.diff(got: data, want: data)
