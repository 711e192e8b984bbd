// functions of an array have one type
// run: diagnose
fs = [(x) => x + 1, (x) => x * 2]
y = fs[0](x: 1) + 1
gs = [(x) => x + 1, (x) => x + "s"]
