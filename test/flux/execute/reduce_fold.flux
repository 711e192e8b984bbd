// what is compiled and what is not gives the same: numbers, conditions, nulls, variables, calls, strings
import "math"

data =
    from(bucket: "test")
        |> range(start: 2020-01-01T00:00:00Z, stop: 2020-02-01T00:00:00Z)
        |> filter(fn: (r) => r._field == "v" or r._field == "n")

data
    |> filter(fn: (r) => r._field == "v")
    |> reduce(
        fn: (r, accumulator) =>
            ({
                sum: r._value + accumulator.sum,
                n: accumulator.n + 1,
                min: if r._value < accumulator.min then r._value else accumulator.min,
                near: math.mMin(x: accumulator.near, y: math.abs(x: r._value - 2.5)),
                any_b: accumulator.any_b or r.host == "b",
                all_a: accumulator.all_a and r.host =~ /^a/ and not (r._value > 100.0),
                last: r._time,
                missing: if exists r.nothing then accumulator.missing else accumulator.missing + uint(v: 1),
                whole: accumulator.whole + int(v: r._value) / 2,
                power: accumulator.power * 0.5 - -r._value ^ 2.0,
            }),
        identity: {
            sum: 0.0,
            n: 0,
            min: math.mInf(sign: 1),
            near: math.mInf(sign: 1),
            any_b: false,
            all_a: true,
            last: 1970-01-01T00:00:00Z,
            missing: uint(v: 0),
            whole: 0,
            power: 1.0,
        },
    )
    |> yield(name: "numbers")
data
    |> filter(fn: (r) => r._field == "n")
    |> reduce(
        fn: (r, accumulator) => {
            half = r._value / 2
            is_odd = r._value != half * 2

            return {odd: accumulator.odd + (if is_odd then 1 else 0), half: half, host: r.host}
        },
        identity: {odd: 0, half: 0, host: ""},
    )
    |> yield(name: "variables")
data
    |> filter(fn: (r) => r._field == "v")
    |> reduce(
        fn: (r, accumulator) =>
            ({
                n: accumulator.n + (if exists (if r._value > 3.0 then r._value else r.nothing) - (if r._value > 0.0 then r.nothing else 1.0) then
                    1
                else
                    10),
            }),
        identity: {n: 0},
    )
    |> yield(name: "nulls of a branch")
data
    |> filter(fn: (r) => r._field == "n")
    |> group()
    |> reduce(
        fn: (r, accumulator) => ({names: accumulator.names + r.host, seen: accumulator.seen + 1}),
        identity: {names: "", seen: 0},
    )
    |> yield(name: "strings")
