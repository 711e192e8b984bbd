// if without else
// run: check
// modes: no
x = if true then 1
