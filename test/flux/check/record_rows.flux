// a function of some labels takes records with more
// run: diagnose
f = (r) => r.a + r.b
x = f(r: {a: 1, b: 2, c: "s"})
y = f(r: {a: 1, c: "s"})
