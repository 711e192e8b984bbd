// a time without offset
// run: check
// modes: no
x = 2020-01-01T00:00:00
