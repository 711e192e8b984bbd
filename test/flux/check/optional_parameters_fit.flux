// a function with more optional parameters fits where one with fewer is wanted
// run: diagnose
apply = (fn) => fn(x: 1)
a = apply(fn: (x, y=2) => x + y)
b = apply(fn: (x) => x)
c = apply(fn: (y=2) => y)
