// a reserved word as a key
// run: check
// modes: no
x = {if: 1}
