// a day that does not exist
// run: check
// modes: no
x = 2020-02-30
