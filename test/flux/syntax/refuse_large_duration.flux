// a duration out of range
// run: check
// modes: no
x = 99999999999999999999y
