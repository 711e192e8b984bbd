// what is indexed is an array, and the index an int
// run: diagnose
x = [1, 2][0] + 1
y = {a: 1}["a"] + 1
z = [1]["a"]
u = [1][1.5]
v = ["a": 1]["b"]
