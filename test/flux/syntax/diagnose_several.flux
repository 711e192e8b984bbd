// all errors of a script, in order
// run: diagnose
// modes: no
x = [1 2]
y = {if: 1}
z = f(a: )
)
w = 0123
v = "\q"
