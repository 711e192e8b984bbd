// r["k"] is r.k
// run: diagnose
r = {"a b": 1, c: "s"}
x = r["a b"] + 1
y = r["c"] + "t"
z = r["d"]
