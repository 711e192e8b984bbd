// a reserved word as a parameter
// run: check
// modes: no
f = (import, x) => x
