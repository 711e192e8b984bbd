// keys and values of a dictionary have one type each
// run: diagnose
import "dict"
d = ["a": 1, "b": 2]
x = dict.get(dict: d, key: "a", default: 0) + 1
y = dict.get(dict: d, key: 1, default: 0)
z = ["a": 1, "b": 2.0]
k = [{a: 1}: 1]
