// a key without value
// run: check
// modes: no
x = {a: , b: 2}
