// package contrib/anaisdg/anomalydetection
package anomalydetection


import "math"

// Makes the median absolute deviation of a normal distribution its standard deviation.
_consistency = 1.4826

// Each row beside the median of its time; value makes the new _value of the two.
_besideMedian = (value, tables=<-) =>
    join(tables: {row: tables, med: tables |> median()}, on: ["_time"])
        |> map(fn: (r) => ({r with _value: value(row: r._value_row, median: r._value_med)}))
        |> drop(columns: ["_start", "_stop", "_value_row", "_value_med"])

// mad marks values that are far from the median of all values of their time,
// measured by the median of these distances.
mad = (threshold=3.0, table=<-) => {
    distances =
        table
            |> group(columns: ["_time"])
            |> _besideMedian(value: (row, median) => math.abs(x: row - median))
    deviation =
        distances
            |> median()
            |> map(fn: (r) => ({r with MAD: _consistency * r._value}))
            |> filter(fn: (r) => r.MAD > 0.0)

    return
        join(tables: {diff: distances, diff_med: deviation}, on: ["_time"])
            |> map(fn: (r) => ({r with _value: r._value_diff / r._value_diff_med}))
            |> map(fn: (r) => ({r with level: if r._value >= threshold then "anomaly" else "normal"}))
}
