// a string that does not end
// run: check
// modes: no
x = "abc
