// testcases and attributes
// run: format
// modes: no
@a("x")
testcase t extends "m/f.c"{super() x=1}
