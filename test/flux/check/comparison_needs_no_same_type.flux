// numbers of different types compare
// run: diagnose
a = 1 < 2.5
b = uint(v: 1) == 1
c = 1 == "a"
d = [1] == [2]
e = [1] < [2]
f = {a: 1} == {a: 2}
g = ((x) => x) == 1
