// a regular expression that is wrong
// run: check
// modes: no
x = "a" =~ /(/
