// members of findRecord are of any type
// run: diagnose
a = from(bucket: "a") |> range(start: -1h)
r = a |> findRecord(fn: (key) => key.host == "x", idx: 0)
x = r._value + 1.0
y = r.host + "s"
z = a |> findColumn(fn: (key) => true, column: "_value")
w = z[0]
