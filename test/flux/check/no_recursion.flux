// a name is not in scope in its own initialiser
// run: diagnose
fact = (n) => if n == 0 then 1 else n * fact(n: n - 1)
