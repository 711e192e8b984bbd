// an attribute that belongs to nothing
// run: check
// modes: no
x = 1
@a
