// a string key needs a value
// run: check
// modes: no
x = {"a"}
