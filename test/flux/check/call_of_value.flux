// only functions can be called
// run: diagnose
x = 1
y = x()
z = {a: 1}.a(b: 2)
