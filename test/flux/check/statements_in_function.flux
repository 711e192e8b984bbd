// what a function body must not hold
// run: diagnose
f = () => {
    option a = 1
    builtin b : int
    1 + 1
    return 2
}
