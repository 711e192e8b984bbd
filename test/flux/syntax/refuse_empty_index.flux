// nothing in brackets
// run: check
// modes: no
x = a[]
