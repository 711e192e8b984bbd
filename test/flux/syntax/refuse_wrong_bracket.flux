// a bracket of the wrong kind
// run: check
// modes: no
x = [1, 2)
