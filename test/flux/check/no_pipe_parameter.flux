// piping into a function that takes no pipe
// run: diagnose
f = (a) => a
x = 1 |> f(a: 2)
