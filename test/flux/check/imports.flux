// packages by their name, by another, unknown ones
// run: diagnose
import "math"
import s "strings"
import "experimental/array"
import "no/such"
a = math.pi + 1.0
b = s.toUpper(v: "x")
c = strings.toUpper(v: "x")
d = array.filter(arr: [1], fn: (x) => x > 0)
e = such.thing(a: 1) + 1
