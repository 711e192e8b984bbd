// an escape that is none
// run: check
// modes: no
x = "a\qb"
