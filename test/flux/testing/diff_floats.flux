// testing.diff takes floats for equal that differ by a millionth at most, and NaN for NaN; its parameters change neither
import "array"
import "math"
import "testing"

want = array.from(rows: [{v: 1.0}, {v: 2.0}, {v: math.NaN()}])
got = array.from(rows: [{v: 1.0000005}, {v: 2.000005}, {v: math.NaN()}])

testing.diff(got: got, want: want, epsilon: 0.000000001, nansEqual: false, verbose: true)
