// Functions of math, strings and date in row functions: nulls, branches not
// taken, durations, calls within calls.
import "array"
import "date"
import "internal/debug"
import "math"
import "strings"

unit = 1h
data =
    array.from(
        rows: [
            {_time: 2024-01-31T22:59:59Z, _value: 2.25, s: "a b", n: 3},
            {_time: 2024-02-29T23:59:59Z, _value: -4.0, s: "ünï", n: -1},
            {_time: 2024-03-31T01:30:00Z, _value: debug.null(type: "float"), s: "", n: debug.null(type: "int")},
        ],
    )

data
    |> map(
        fn: (r) =>
            ({
                root: math.sqrt(x: math.abs(x: r._value)),
                power: math.pow(x: r._value, y: 2.0),
                most: math.mMax(x: r._value, y: 0.5),
                upper: strings.toUpper(v: r.s),
                length: strings.strlen(v: strings.trimSpace(v: " " + r.s)),
                begins: strings.hasPrefix(v: r.s, prefix: "a"),
                hour: date.hour(t: r._time),
                day: date.truncate(t: r._time, unit: 1d),
                whole: date.truncate(t: r._time, unit: unit) == r._time,
                later: date.add(d: 1mo, to: r._time),
                constant: math.floor(x: 1.5),
            }),
    )
    |> yield(name: "columns")

// what is not evaluated raises nothing
data
    |> map(fn: (r) => ({t: if strings.strlen(v: r.s) > 0 then strings.repeat(v: r.s, i: if r.n > 0 then r.n else 1) else "none"}))
    |> yield(name: "branches")

data
    |> filter(fn: (r) => date.month(t: r._time) >= 2 and (r.s == "" or math.isNaN(f: math.sqrt(x: r._value))))
    |> yield(name: "filter")

day = (t) => date.monthDay(t: t)

data
    |> map(fn: (r) => ({d: day(t: r._time), m: date.month(t: r._time)}))
    |> yield(name: "through a lambda")
