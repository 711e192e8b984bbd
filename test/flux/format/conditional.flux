// if then else
// run: format
// modes: no
x = if aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa then bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb else cccccccccccccccccccccccccccccc
