// package experimental/aggregate
package aggregate


import "experimental"

// Counters to rates: the sum over each group of its series' mean rates.
rate = (every, groupColumns=[], unit=1s, tables=<-) =>
    tables
        |> derivative(nonNegative: true, unit: unit)
        |> aggregateWindow(
            every: every,
            fn: (column="_value", tables=<-) =>
                tables
                    |> mean(column: column)
                    |> group(columns: groupColumns)
                    |> experimental.group(columns: ["_start", "_stop"], mode: "extend")
                    |> sum(),
        )
