// an option must not use another one of the file
// run: diagnose
option a = 1
option b = {x: 1, y: a}
