// an operator without its left operand
// run: check
// modes: no
x = / 1
