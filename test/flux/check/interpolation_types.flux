// what can be interpolated
// run: diagnose
a = "${1} ${1.5} ${true} ${1h} ${2020-01-01} ${"s"}"
b = "${[1]}"
c = "${/x/}"
d = "${bytes(v: "x")}"
e = "${(x) => x}"
