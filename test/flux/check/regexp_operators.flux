// a string on the left, a regexp on the right
// run: diagnose
a = "x" =~ /x/
b = /x/ =~ "x"
c = "x" !~ "x"
