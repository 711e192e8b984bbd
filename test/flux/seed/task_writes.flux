// the seed's task: to() writes the means into a second measurement of the bucket
// then: SELECT time, host, round(used_percent::numeric, 4), idle FROM "test".mem_means ORDER BY time, host
option now = () => 2024-01-01T01:00:00Z
option task = {name: "means", every: 1h}

from(bucket: "test")
  |> range(start: -task.every)
  |> filter(fn: (r) => r._measurement == "mem" and r.host == "myHost")
  |> aggregateWindow(every: 5m, fn: mean)
  |> set(key: "_measurement", value: "mem_means")
  |> to(bucket: "test")
