// assertEqualValues shows both values
import "testing"

testing.assertEqualValues(got: 5, want: 12)
