// records with their labels in another order have the same type
// run: diagnose
a = [{x: 1, y: "s"}, {y: "t", x: 2}]
b = a[1].y + "u"
