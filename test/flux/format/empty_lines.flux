// one empty line is kept
// run: format
// modes: no
a



b
c

d
