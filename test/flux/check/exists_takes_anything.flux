// exists takes anything
// run: diagnose
r = {a: [1]}
x = exists r.a
y = exists 1
