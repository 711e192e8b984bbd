// defaults are evaluated outside the function
// run: diagnose
f = (a, b=a) => a
