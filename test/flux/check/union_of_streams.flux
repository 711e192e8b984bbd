// union takes an array of streams
// run: diagnose
a = from(bucket: "a") |> range(start: -1h)
u = union(tables: [a, a])
v = union(tables: a)
w = union(tables: [a, 1])
