// a string that does not end after an interpolation
// run: check
// modes: no
x = "${a}
