// a stream is no number
// run: diagnose
a = from(bucket: "a") |> range(start: -1h)
b = a + 1
c = a._value
d = -a
