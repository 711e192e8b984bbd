// a stream differs from itself by what was taken away, though its tables reach both sides interleaved
import "array"
import "testing"

data = array.from(rows: [{k: "a", v: 1}, {k: "a", v: 2}, {k: "b", v: 3}]) |> group(columns: ["k"])

testing.diff(got: data |> filter(fn: (r) => r.v != 2), want: data)
