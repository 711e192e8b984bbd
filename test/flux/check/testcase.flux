// a testcase is checked, and refused outside flux.test
// run: diagnose
testcase t {
    x = 1 + "a"
}
y = x
