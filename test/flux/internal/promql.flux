// PromQL's functions over one counter with a reset, worked out by hand
import "array"
import "internal/promql"

s = array.from(rows: [
    {_time: 2024-01-01T00:00:10Z, _value: 10.0, host: "a-1"},
    {_time: 2024-01-01T00:00:20Z, _value: 20.0, host: "a-1"},
    {_time: 2024-01-01T00:00:30Z, _value: 5.0, host: "a-1"},
    {_time: 2024-01-01T00:00:40Z, _value: 5.0, host: "a-1"},
    {_time: 2024-01-01T00:00:50Z, _value: 25.0, host: "a-1"},
    {_time: 2024-01-01T00:00:10Z, _value: 1.0, host: "b-2"},
]) |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:01:00Z) |> group(columns: ["_start", "_stop", "host"])

s |> promql.changes() |> yield(name: "changes")
s |> promql.resets() |> yield(name: "resets")
s |> promql.instantRate() |> yield(name: "irate")
s |> promql.instantRate(isRate: false) |> yield(name: "idelta")
s |> promql.extrapolatedRate(isCounter: true, isRate: true) |> yield(name: "rate")
s |> promql.extrapolatedRate(isCounter: true) |> yield(name: "increase")
s |> promql.extrapolatedRate() |> yield(name: "delta")
s |> promql.linearRegression() |> yield(name: "deriv")
s |> promql.linearRegression(predict: true, fromNow: 10.0) |> yield(name: "predict")
s |> promql.holtWinters(smoothingFactor: 0.5, trendFactor: 0.1) |> yield(name: "hw")
s |> promql.quantile(q: 0.5) |> yield(name: "q")
s |> promql.quantile(q: 2.0) |> yield(name: "q2")
s |> last() |> promql.timestamp() |> yield(name: "ts")
s |> last() |> promql.labelReplace(source: "host", destination: "kind", regex: "(.*)-(.*)", replacement: "$2.\${1}") |> yield(name: "lr")
s |> last() |> promql.labelReplace(source: "host", destination: "host", regex: "b.*", replacement: "") |> yield(name: "lr2")
s |> last() |> promql.labelReplace(source: "none", destination: "x", regex: "", replacement: "was-empty") |> yield(name: "lr3")
promql.emptyTable() |> yield(name: "empty")
promql.join(left: s, right: s, fn: (left, right) => ({left with _value: left._value * right._value})) |> yield(name: "join")
t = 1706745600.0 + 3661.0
array.from(rows: [{dom: promql.promqlDayOfMonth(timestamp: t), dow: promql.promqlDayOfWeek(timestamp: t), dim: promql.promqlDaysInMonth(timestamp: t), h: promql.promqlHour(timestamp: t), m: promql.promqlMinute(timestamp: t), mo: promql.promqlMonth(timestamp: t), y: promql.promqlYear(timestamp: t)}]) |> yield(name: "dates")
