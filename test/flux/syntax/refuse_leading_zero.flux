// a number with a leading zero
// run: check
// modes: no
x = 0123
