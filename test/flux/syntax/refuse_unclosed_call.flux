// a call without its bracket
// run: check
// modes: no
x = f(a: 1
