// an inner scope may shadow anything
// run: diagnose
x = 1
mean = 2
f = (x) => {
    mean = x + "s"
    return mean
}
y = f(x: "a") + "b"
z = mean + 1
