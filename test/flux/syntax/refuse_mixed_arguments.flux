// shorthand and explicit arguments mixed
// run: check
// modes: no
f = (a, b) => a
a = 1
x = f(a, b: 1)
