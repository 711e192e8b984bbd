// a character that is no operator
// run: check
// modes: no
x = a ? b : c
