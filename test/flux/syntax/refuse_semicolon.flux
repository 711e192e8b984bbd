// there are no semicolons
// run: check
// modes: no
x = 1; y = 2
