// an empty array has elements of any type
// run: diagnose
a = []
f = (x) => [x, 1]
b = if true then a else [1]
c = if true then a else ["s"]
