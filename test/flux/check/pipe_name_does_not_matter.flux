// a piped call does not care for the parameter's name
// run: diagnose
apply = (fn) => 1 |> fn()
a = apply(fn: (a=<-) => a + 1)
b = apply(fn: (tables=<-) => tables * 2)
