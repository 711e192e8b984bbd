// <- stands as the default of one parameter alone
// run: diagnose
f = (a=<-, b=<-) => a
g = (a=1 + <-) => a
x = <-
