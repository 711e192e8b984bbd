// a script may declare a builtin; its type counts
// run: diagnose
builtin f : (a: A, ?b: [B]) => A where A: Numeric
x = f(a: 1) + 1
y = f(a: "s")
builtin g : (a: itn) => A where A: Numberic
builtin h : {A with x: int}
z = h.x + h.y
