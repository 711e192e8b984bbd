// shorthand and explicit keys mixed
// run: check
// modes: no
a = 1
x = {a, b: 1}
