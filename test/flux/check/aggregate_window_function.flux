// the function of aggregateWindow takes a stream and column
// run: diagnose
data = from(bucket: "b") |> range(start: -1h)
a = data |> aggregateWindow(every: 1m, fn: mean)
b = data |> aggregateWindow(every: 1m, fn: (tables=<-, column) => tables |> quantile(q: 0.9, column: column))
c = data |> aggregateWindow(every: 1m, fn: (tables=<-) => tables |> mean())
d = data |> aggregateWindow(every: "1m", fn: mean)
