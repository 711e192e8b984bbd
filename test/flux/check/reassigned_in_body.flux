// parameters and body are one scope
// run: diagnose
f = (a) => {
    a = 1
    return a
}
