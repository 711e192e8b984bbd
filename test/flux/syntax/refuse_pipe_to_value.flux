// a pipe into what is no call
// run: check
// modes: no
x = 1 |> y
