// one mistake gives one message
// run: diagnose
a = undefined.x.y(z: 1) + 1
b = a + "s"
c = [a, 1, "t"]
d = (1 + "a") + 1
e = if a then b else c
