// and, or, not take bool alone
// run: diagnose
a = true and not false or true
b = 1 and true
c = "a" or 2
d = not 0
