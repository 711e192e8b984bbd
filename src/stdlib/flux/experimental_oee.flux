// package experimental/oee
package oee


import "contrib/tomhollingworth/events"
import "experimental"

// How much a running total grew, one row at the end of each table.
_growth = (column, tables=<-) =>
    tables
        |> difference(columns: [column], nonNegative: true)
        |> sum(column: column)
        |> duplicate(column: "_stop", as: "_time")

computeAPQ = (productionEvents, partEvents, runningState, plannedTime, idealCycleTime) => {
    plannedNs = float(v: int(v: plannedTime))
    cycleNs = float(v: int(v: idealCycleTime))
    running =
        productionEvents
            |> events.duration(unit: 1ns, columnName: "runTime")
            |> filter(fn: (r) => r.state == runningState)
            |> sum(column: "runTime")
            |> map(fn: (r) => ({r with _time: r._stop, availability: float(v: r.runTime) / plannedNs}))
    total = partEvents |> _growth(column: "partCount")
    bad = partEvents |> _growth(column: "badCount")
    performance =
        experimental.join(
            left: running,
            right: total,
            fn: (left, right) =>
                ({left with performance: float(v: right.partCount) * cycleNs / float(v: left.runTime)}),
        )
    quality =
        experimental.join(
            left: bad,
            right: total,
            fn: (left, right) =>
                ({left with quality: float(v: right.partCount - left.badCount) / float(v: right.partCount)}),
        )

    return
        experimental.join(
            left: performance,
            right: quality,
            fn: (left, right) =>
                ({left with
                    quality: right.quality,
                    oee: left.availability * left.performance * right.quality,
                }),
        )
}

APQ = (runningState, plannedTime, idealCycleTime, tables=<-) =>
    computeAPQ(
        productionEvents: tables,
        partEvents: tables,
        runningState: runningState,
        plannedTime: plannedTime,
        idealCycleTime: idealCycleTime,
    )
