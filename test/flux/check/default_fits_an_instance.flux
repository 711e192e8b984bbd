// a default does not fix the type of its parameter
// run: diagnose
add = (a, b=1) => a + b
x = add(a: 1) + 1
y = add(a: 1.0, b: 2.0) + 1.0
z = add(a: "s", b: 2)
