// if as a bare operand
// run: check
// modes: no
x = 1 + if true then 1 else 2
