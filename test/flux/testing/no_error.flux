// shouldError wants an error
import "testing"

testing.shouldError(fn: () => "fine", want: /paper/)
