// what a function demands of a type is demanded at its call
// run: diagnose
add = (a, b) => a + b
neg = (a) => -a
less = (a, b) => a < b
show = (a) => "${a}"
x = add(a: true, b: false)
y = neg(a: "s")
z = less(a: [1], b: [2])
s = show(a: {a: 1})
