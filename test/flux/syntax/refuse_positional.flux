// arguments have names
// run: check
// modes: no
x = float(1)
