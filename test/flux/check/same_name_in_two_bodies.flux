// each function has a scope of its own
// run: diagnose
f = (a) => {
    b = a
    return b
}
g = (a) => {
    b = a + 1
    return b
}
