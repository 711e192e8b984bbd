// two values side by side
// run: check
// modes: no
x = [1 2]
