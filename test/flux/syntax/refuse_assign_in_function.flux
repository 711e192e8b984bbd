// an assignment instead of an arrow
// run: check
// modes: no
f = (a, b) = a + b
