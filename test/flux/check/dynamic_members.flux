// members of a dynamic value are dynamic; operators need a conversion
// run: diagnose
import "experimental/dynamic"
d = dynamic.jsonParse(data: bytes(v: "{}"))
a = d.x.y["z"]
b = int(v: a) + 1
c = a + 1
e = a == 1
f = a[0]
