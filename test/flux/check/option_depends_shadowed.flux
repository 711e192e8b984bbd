// a parameter may have an option's name
// run: diagnose
option a = 1
option b = (a) => a + 1
option c = (x) => {
    a = x
    return a
}
