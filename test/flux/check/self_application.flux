// a function cannot be applied to itself
// run: diagnose
omega = (x) => x(x: x)
