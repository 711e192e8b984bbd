// labels are not enabled
// run: check
// modes: no
x = .a
