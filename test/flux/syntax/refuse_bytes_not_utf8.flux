// bytes that make no text
// run: check
// modes: no
x = "\xff"
