// comments keep their places
// run: format
// modes: no
// a
x = 1 // b

// c

// d
y = [ // e
1, // f
// g
2 // h
]
// i
