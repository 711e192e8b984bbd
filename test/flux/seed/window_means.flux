// the seed's pipeline: means of five-minute windows stamped with their ends, one host alone
option now = () => 2024-01-01T01:00:00Z

from(bucket: "test")
  |> range(start: -1h)
  |> filter(fn: (r) => r._measurement == "mem" and r.host == "myHost")
  |> aggregateWindow(every: 5m, fn: mean)
