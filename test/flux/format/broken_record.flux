// a record that was broken stays so
// run: format
// modes: no
option task = {name: "x",
 every: 1h}
option task2 = {
 name: "x", every: 1h}
