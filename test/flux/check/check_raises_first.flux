// flux.check raises the first error and lists the others
// run: check
a = 1 + "s"
b = c
