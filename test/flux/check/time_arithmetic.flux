// times and durations do not add
// run: diagnose
a = 2020-01-01 + 1h
b = 1h - 1h
c = -1h
d = 2020-01-01 > 2019-01-01
e = -2020-01-01
