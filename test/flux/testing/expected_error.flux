// shouldError says nothing when the error is the one wanted
import "testing"

testing.shouldError(fn: () => die(msg: "out of ink"), want: /ink$/)
