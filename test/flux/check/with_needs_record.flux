// with needs a record on its left
// run: diagnose
x = 1
y = {x with a: 2}
