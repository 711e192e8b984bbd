// literals stay as they were written
// run: format
// modes: no
x = [1.50, .5, 1h60m, 2020-01-01, /a\/b/, "\x41${ 1 }\t"]
