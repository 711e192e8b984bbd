// package universe
package universe


import "date"
import "math"

option now = _now

option location = {zone: "UTC", offset: 0h}

today = () => date.truncate(t: now(), unit: 1d)

// ---- conversions of a column ----

toBool = (tables=<-) => tables |> map(fn: (r) => ({r with _value: bool(v: r._value)}))
toFloat = (tables=<-) => tables |> map(fn: (r) => ({r with _value: float(v: r._value)}))
toInt = (tables=<-) => tables |> map(fn: (r) => ({r with _value: int(v: r._value)}))
toString = (tables=<-) => tables |> map(fn: (r) => ({r with _value: string(v: r._value)}))
toTime = (tables=<-) => tables |> map(fn: (r) => ({r with _value: time(v: r._value)}))
toUInt = (tables=<-) => tables |> map(fn: (r) => ({r with _value: uint(v: r._value)}))

// ---- the n largest or smallest ----

top = (n, columns=["_value"], tables=<-) =>
    tables
        |> sort(columns: columns, desc: true)
        |> limit(n: n)
bottom = (n, columns=["_value"], tables=<-) =>
    tables
        |> sort(columns: columns)
        |> limit(n: n)

// One value per group, then the n largest (order is top) or smallest of them.
_ranked = (n, column, groupColumns, value, order, tables=<-) =>
    tables
        |> group(columns: groupColumns)
        |> value(column: column)
        |> group()
        |> order(n: n, columns: [column])

highestMax = (n, column="_value", groupColumns=[], tables=<-) =>
    tables |> _ranked(n: n, column: column, groupColumns: groupColumns, value: max, order: top)
highestAverage = (n, column="_value", groupColumns=[], tables=<-) =>
    tables |> _ranked(n: n, column: column, groupColumns: groupColumns, value: mean, order: top)
highestCurrent = (n, column="_value", groupColumns=[], tables=<-) =>
    tables |> _ranked(n: n, column: column, groupColumns: groupColumns, value: last, order: top)
lowestMin = (n, column="_value", groupColumns=[], tables=<-) =>
    tables |> _ranked(n: n, column: column, groupColumns: groupColumns, value: min, order: bottom)
lowestAverage = (n, column="_value", groupColumns=[], tables=<-) =>
    tables |> _ranked(n: n, column: column, groupColumns: groupColumns, value: mean, order: bottom)
lowestCurrent = (n, column="_value", groupColumns=[], tables=<-) =>
    tables |> _ranked(n: n, column: column, groupColumns: groupColumns, value: last, order: bottom)

timedMovingAverage = (every, period, column="_value", tables=<-) =>
    tables
        |> window(every: every, period: period)
        |> mean(column: column)
        |> duplicate(column: "_stop", as: "_time")
        |> window(every: inf)

// ---- made of other transformations ----

increase = (columns=["_value"], tables=<-) =>
    tables
        |> difference(nonNegative: true, columns: columns, keepFirst: true, initialZero: true)
        |> cumulativeSum(columns: columns)

timeWeightedAvg = (unit, tables=<-) =>
    tables
        |> integral(unit: unit, interpolate: "linear")
        |> map(
            fn: (r) =>
                ({r with _value:
                        r._value * float(v: uint(v: unit)) / float(v: int(v: r._stop) - int(v: r._start)),
                }),
        )

kaufmansER = (n, tables=<-) =>
    tables
        |> chandeMomentumOscillator(n: n)
        |> map(fn: (r) => ({r with _value: math.abs(x: r._value) / 100.0}))

doubleEMA = (n, tables=<-) =>
    tables
        |> exponentialMovingAverage(n: n)
        |> duplicate(column: "_value", as: "__ema")
        |> exponentialMovingAverage(n: n)
        |> map(fn: (r) => ({r with _value: 2.0 * r.__ema - r._value}))
        |> drop(columns: ["__ema"])

tripleEMA = (n, tables=<-) =>
    tables
        |> exponentialMovingAverage(n: n)
        |> duplicate(column: "_value", as: "__ema1")
        |> exponentialMovingAverage(n: n)
        |> duplicate(column: "_value", as: "__ema2")
        |> exponentialMovingAverage(n: n)
        |> map(fn: (r) => ({r with _value: 3.0 * r.__ema1 - 3.0 * r.__ema2 + r._value}))
        |> drop(columns: ["__ema1", "__ema2"])

cov = (x, y, on, pearsonr=false) =>
    join(tables: {x: x, y: y}, on: on)
        |> covariance(pearsonr: pearsonr, columns: ["_value_x", "_value_y"])

pearsonr = (x, y, on) => cov(x: x, y: y, on: on, pearsonr: true)
