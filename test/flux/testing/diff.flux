// testing.diff: "-" only wanted, "+" only got; equal tables give nothing, however the columns and tables are ordered
import "array"
import "math"
import "testing"

want = array.from(rows: [{k: "a", v: 1.0}, {k: "a", v: 2.0}, {k: "b", v: 3.0}]) |> group(columns: ["k"])
got = array.from(rows: [{v: 3.0, k: "b"}, {v: 1.0, k: "a"}, {v: 2.5, k: "a"}]) |> group(columns: ["k"])

testing.diff(got: got, want: want)
