// unknown, missing and doubled arguments
// run: diagnose
f = (a, b=1) => a
w = f(a: 1, c: 2)
x = f(b: 2)
y = f(a: 1, a: 2)
z = f()
