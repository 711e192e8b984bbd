// a number out of range
// run: check
// modes: no
x = 9223372036854775808
