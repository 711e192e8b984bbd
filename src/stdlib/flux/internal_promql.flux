// package internal/promql
//
// PromQL's functions, as Prometheus documents them.  A range vector is a stream
// whose tables are series, with _start and _stop the range; a function of one
// leaves a row per table, the group key and _value.
package promql


import "array"
import "date"
import joins "join"
import "math"
import "regexp"
import "timezone"
import "universe"

// Times are nanoseconds until they are subtracted: as floats they would lose digits.
_seconds = (from, to) => float(v: to - from) / 1000000000.0

_infinity = (sign) => math.mInf(sign: sign)

// ---- range vectors ----

_isNaN = (v) => v != v

// How often a value and the one before it are as "differ" says.
_steps = (differ, tables=<-) =>
    tables
        |> reduce(
            fn: (r, accumulator) =>
                ({
                    _value:
                        if accumulator.isFirst or not differ(before: accumulator.before, v: r._value) then
                            accumulator._value
                        else
                            accumulator._value + 1.0,
                    before: r._value,
                    isFirst: false,
                }),
            identity: {_value: 0.0, before: 0.0, isFirst: true},
        )
        |> drop(columns: ["before", "isFirst"])

changes = (tables=<-) =>
    tables |> _steps(differ: (before, v) => v != before and not (_isNaN(v: v) and _isNaN(v: before)))

resets = (tables=<-) => tables |> _steps(differ: (before, v) => v < before)

// What the rates are computed from: ends, number and resets of the samples.
_samples = (tables=<-) =>
    tables
        |> reduce(
            fn: (r, accumulator) =>
                ({
                    n: accumulator.n + 1,
                    start: int(v: r._start),
                    stop: int(v: r._stop),
                    firstTime: if accumulator.n == 0 then int(v: r._time) else accumulator.firstTime,
                    first: if accumulator.n == 0 then r._value else accumulator.first,
                    beforeTime: accumulator.lastTime,
                    before: accumulator.last,
                    lastTime: int(v: r._time),
                    last: r._value,
                    resets:
                        if accumulator.n > 0 and r._value < accumulator.last then
                            accumulator.resets + accumulator.last
                        else
                            accumulator.resets,
                }),
            identity: {
                n: 0,
                start: 0,
                stop: 0,
                firstTime: 0,
                first: 0.0,
                beforeTime: 0,
                before: 0.0,
                lastTime: 0,
                last: 0.0,
                resets: 0.0,
            },
        )
        |> filter(fn: (r) => r.n > 1)

_onlyValue = (tables=<-) =>
    tables
        |> drop(
            columns: [
                "n",
                "start",
                "stop",
                "firstTime",
                "first",
                "beforeTime",
                "before",
                "lastTime",
                "last",
                "resets",
            ],
        )

// irate (isRate) and idelta: from the last two samples.
instantRate = (isRate=true, tables=<-) =>
    tables
        |> _samples()
        |> map(
            fn: (r) =>
                ({r with
                    _value:
                        if not isRate then
                            r.last - r.before
                        else if r.last < r.before then
                            r.last / _seconds(from: r.beforeTime, to: r.lastTime)
                        else
                            (r.last - r.before) / _seconds(from: r.beforeTime, to: r.lastTime),
                }),
        )
        |> _onlyValue()

// How far beyond its outermost sample a series is taken to go: to the end of
// the range where that is near, else half a mean step.
_reach = (gap, step) => if gap < step * 1.1 then gap else step / 2.0

// A counter cannot have been below zero.
_startGap = (r, increase, isCounter) => {
    gap = _seconds(from: r.start, to: r.firstTime)
    toZero = _seconds(from: r.firstTime, to: r.lastTime) * (r.first / increase)

    return
        if isCounter and increase > 0.0 and r.first >= 0.0 and toZero < gap then
            toZero
        else
            gap
}

_extrapolate = (r, increase, isCounter, isRate) => {
    sampled = _seconds(from: r.firstTime, to: r.lastTime)
    step = sampled / float(v: r.n - 1)
    before = _reach(gap: _startGap(r: r, increase: increase, isCounter: isCounter), step: step)
    after = _reach(gap: _seconds(from: r.lastTime, to: r.stop), step: step)
    total = increase * (sampled + before + after) / sampled

    return if isRate then total / _seconds(from: r.start, to: r.stop) else total
}

// rate (both true), increase (isCounter) and delta (neither).
extrapolatedRate = (isCounter=false, isRate=false, tables=<-) =>
    tables
        |> _samples()
        |> map(
            fn: (r) =>
                ({r with
                    _value:
                        _extrapolate(
                            r: r,
                            increase: r.last - r.first + (if isCounter then r.resets else 0.0),
                            isCounter: isCounter,
                            isRate: isRate,
                        ),
                }),
        )
        |> _onlyValue()

// deriv: the slope a second of the least squares line; predict_linear
// (predict): its value fromNow seconds after the range's end.
linearRegression = (predict=false, fromNow=0.0, tables=<-) =>
    tables
        |> reduce(
            fn: (r, accumulator) => {
                x = _seconds(from: int(v: r._stop), to: int(v: r._time))

                return {
                    n: accumulator.n + 1.0,
                    x: accumulator.x + x,
                    y: accumulator.y + r._value,
                    xy: accumulator.xy + x * r._value,
                    xx: accumulator.xx + x * x,
                }
            },
            identity: {n: 0.0, x: 0.0, y: 0.0, xy: 0.0, xx: 0.0},
        )
        |> filter(fn: (r) => r.n > 1.0)
        |> map(
            fn: (r) => {
                slope = (r.xy - r.x * r.y / r.n) / (r.xx - r.x * r.x / r.n)

                return {r with
                    _value: if predict then r.y / r.n + slope * (fromNow - r.x / r.n) else slope,
                }
            },
        )
        |> drop(columns: ["n", "x", "y", "xy", "xx"])

_factor = (name, v) =>
    if v > 0.0 and v < 1.0 then
        v
    else
        die(msg: "invalid ${name} factor: expected a number between 0 and 1, both exclusive, got ${string(v: v)}")

// holt_winters, now double_exponential_smoothing: level and trend, each smoothed.
holtWinters = (smoothingFactor=0.0, trendFactor=0.0, tables=<-) => {
    level = _factor(name: "smoothing", v: smoothingFactor)
    slope = _factor(name: "trend", v: trendFactor)

    return
        tables
            |> reduce(
                fn: (r, accumulator) => {
                    trend =
                        if accumulator.n == 1 then
                            r._value - accumulator._value
                        else
                            slope * (accumulator._value - accumulator.before) + (1.0 - slope) * accumulator.trend

                    return {
                        n: accumulator.n + 1,
                        before: accumulator._value,
                        trend: if accumulator.n == 0 then 0.0 else trend,
                        _value:
                            if accumulator.n == 0 then
                                r._value
                            else
                                level * r._value + (1.0 - level) * (accumulator._value + trend),
                    }
                },
                identity: {n: 0, before: 0.0, trend: 0.0, _value: 0.0},
            )
            |> filter(fn: (r) => r.n > 1)
            |> drop(columns: ["n", "before", "trend"])
}

// quantile_over_time; a quantile out of range is an infinity.
quantile = (q, method="exact_mean", tables=<-) =>
    if q < 0.0 then
        tables |> universe.count() |> map(fn: (r) => ({r with _value: _infinity(sign: -1)}))
    else if q > 1.0 then
        tables |> universe.count() |> map(fn: (r) => ({r with _value: _infinity(sign: 1)}))
    else
        tables |> universe.quantile(q: q, method: method)

// ---- instant vectors ----

_epoch = time(v: 0)

emptyTable = () =>
    array.from(rows: [{_start: _epoch, _stop: _epoch, _time: _epoch, _value: 0.0}])
        |> limit(n: 0)

timestamp = (tables=<-) => tables |> map(fn: (r) => ({r with _value: _seconds(from: 0, to: int(v: r._time))}))

// label_replace: an absent label is "", and one that becomes "" is no more.
labelReplace = (source, destination, regex, replacement, tables=<-) => {
    whole = regexp.compile(v: "^(?s:" + regex + ")$")

    return
        tables
            |> _relabel(
                source: source,
                destination: destination,
                fn: (label) => regexp.replaceAllString(r: whole, v: label, t: replacement),
            )
}

// histogram_quantile over tables with a row per bucket.
promHistogramQuantile = (
    quantile=0.5,
    countColumn="_value",
    upperBoundColumn="le",
    valueColumn="_value",
    tables=<-,
) =>
    tables
        |> histogramQuantile(
            quantile: quantile,
            countColumn: countColumn,
            upperBoundColumn: upperBoundColumn,
            valueColumn: valueColumn,
        )

// A binary operation of vectors: series with the same labels, at the same time.
join = (left, right, fn) =>
    joins.tables(
        left: left,
        right: right,
        on: (l, r) => l._time == r._time,
        as: (l, r) => fn(left: l, right: r),
        method: "inner",
    )

// ---- of a time in seconds since 1970, in UTC ----

_time = (timestamp) => time(v: int(v: timestamp) * 1000000000)

_of = (part, timestamp) => float(v: part(t: _time(timestamp: timestamp), location: timezone.utc))

promqlDayOfMonth = (timestamp) => _of(part: date.monthDay, timestamp: timestamp)
promqlDayOfWeek = (timestamp) => _of(part: date.weekDay, timestamp: timestamp)
promqlHour = (timestamp) => _of(part: date.hour, timestamp: timestamp)
promqlMinute = (timestamp) => _of(part: date.minute, timestamp: timestamp)
promqlMonth = (timestamp) => _of(part: date.month, timestamp: timestamp)
promqlYear = (timestamp) => _of(part: date.year, timestamp: timestamp)

promqlDaysInMonth = (timestamp) => {
    month = date.truncate(t: _time(timestamp: timestamp), unit: 1mo, location: timezone.utc)
    lastDay = date.sub(from: date.add(d: 1mo, to: month, location: timezone.utc), d: 1d, location: timezone.utc)

    return float(v: date.monthDay(t: lastDay, location: timezone.utc))
}
