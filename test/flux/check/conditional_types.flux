// both branches have one type, the test is bool
// run: diagnose
a = if 1 > 0 then "a" else "b"
b = if "x" then 1 else 2
c = if true then 1 else 1.0
