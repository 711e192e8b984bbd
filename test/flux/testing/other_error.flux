// shouldError shows the error and what it should have been
import "testing"

testing.shouldError(fn: () => die(msg: "out of ink"), want: /paper/)
