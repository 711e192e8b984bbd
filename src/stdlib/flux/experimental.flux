// package experimental
package experimental


// Shifts each table so that its first row stands at alignTo.  (As in InfluxDB,
// columns come out sorted, for it goes through map.)
alignTime = (alignTo=time(v: 0), tables=<-) =>
    tables
        |> stateDuration(fn: (r) => true, column: "timeDiff", unit: 1ns)
        |> map(fn: (r) => ({r with _time: time(v: int(v: alignTo) + r.timeDiff)}))
        |> drop(columns: ["timeDiff"])
