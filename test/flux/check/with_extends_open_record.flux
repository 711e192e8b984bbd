// with on a parameter keeps what it has besides
// run: diagnose
f = (r) => ({r with b: r.a + 1})
x = f(r: {a: 1, c: "s"}).c + "t"
y = f(r: {a: 1}).b + 1
