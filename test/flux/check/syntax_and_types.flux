// syntax errors and type errors together, in the analyzer's order
// run: diagnose
a = 1 + "s"
b = [1, 2
c = d
