// a block ends with its only return
// run: diagnose
f = () => {
    x = 1
}
g = () => {
    return 1
    return 2
}
return 3
