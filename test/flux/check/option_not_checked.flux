// a bare option may have any type
// run: diagnose
option now = 1
option location = "x"
