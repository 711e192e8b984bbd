// names are defined from top to bottom
// run: diagnose
a = b
b = 1
