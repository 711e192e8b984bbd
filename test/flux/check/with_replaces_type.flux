// with gives a label a new type
// run: diagnose
r = {a: 1, b: 2}
s = {r with a: "s"}
x = s.a + "t"
y = s.b + 1
z = s.a + 1
