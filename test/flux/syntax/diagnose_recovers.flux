// what follows an error is understood
// run: diagnose
// modes: no
f = (a => a
option task = {name: "t", every: 1h}
x = 1 +
y = r.option
z = "${1 2}"
