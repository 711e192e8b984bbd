// a value is missing at the end
// run: check
// modes: no
x =
