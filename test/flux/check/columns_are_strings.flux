// column lists are arrays of strings
// run: diagnose
data = from(bucket: "b") |> range(start: -1h)
a = data |> group(columns: ["host"])
b = data |> group(columns: "host")
c = data |> sort(columns: [1])
d = data |> keep(columns: ["a", _time])
