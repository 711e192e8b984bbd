// line and column count bytes
// run: check
a = "äöü" + 1
