// a parameter of another name does not fit
// run: diagnose
apply = (fn) => fn(x: 1)
a = apply(fn: (y) => y)
