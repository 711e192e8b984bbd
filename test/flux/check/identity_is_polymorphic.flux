// one definition serves several types
// run: diagnose
id = (x) => x
a = id(x: 1) + 1
b = id(x: "s") + "t"
c = id(x: [1])[0] + 1
