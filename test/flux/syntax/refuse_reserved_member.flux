// a reserved word after a dot
// run: check
// modes: no
x = r.option
