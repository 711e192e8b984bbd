// records of one array have the same labels
// run: diagnose
a = [{x: 1}, {x: 2, y: 3}]
b = [{x: 1, y: 2}, {x: 3}]
