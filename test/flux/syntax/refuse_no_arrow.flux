// parameters without an arrow
// run: check
// modes: no
x = ()
