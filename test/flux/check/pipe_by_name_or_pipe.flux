// the pipe parameter may also be given by name
// run: diagnose
f = (t=<-, n) => t + n
a = 1 |> f(n: 2)
b = f(t: 1, n: 2)
c = f(n: 2)
