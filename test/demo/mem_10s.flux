// The sibling: the same every ten seconds, so that the demo need not wait an hour.
option task = {
    name: "mem_10s",
    every: 10s,
}

from(bucket: "example-bucket")
  |> range(start: -task.every)
  |> filter(fn: (r) => r._measurement == "mem" and r.host == "myHost")
  |> aggregateWindow(every: 5s, fn: mean)
  |> set(key: "_measurement", value: "mem_10s")
  |> to(bucket: "example-downsampled")
