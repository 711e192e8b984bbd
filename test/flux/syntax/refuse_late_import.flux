// an import after a statement
// run: check
// modes: no
x = 1
import "math"
