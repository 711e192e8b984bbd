// both operands of arithmetic have one type
// run: diagnose
a = 1 + 2
b = 1.0 * 2.0 / 3.0
c = "a" + "b"
d = 1 * 2.0
e = "a" - "b"
f = uint(v: 1) + 1
