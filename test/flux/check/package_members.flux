// unknown members of a package; a package as a value
// run: diagnose
import "math"
a = math.Pi
b = math
c = b.pi + 1.0
d = b.tau
e = math + 1
