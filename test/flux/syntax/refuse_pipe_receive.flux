// a pipe receive where no default stands
// run: check
// modes: no
a = 1
a <-1
