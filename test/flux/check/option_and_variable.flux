// a variable and an option of one name
// run: diagnose
option a = 1
a = 2
