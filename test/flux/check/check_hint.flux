// flux.check hints at a near name
// run: check
import "strings"
a = strings.replaceAl(v: "a", t: "b", u: "c")
