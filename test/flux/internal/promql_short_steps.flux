// promql's rates and slopes of samples a millisecond apart lose no digits to the epoch
import "array"
import "internal/promql"

data =
    array.from(
        rows: [
            {_time: 2024-03-01T00:00:00.001Z, _value: 1.0},
            {_time: 2024-03-01T00:00:00.002Z, _value: 3.0},
            {_time: 2024-03-01T00:00:00.003Z, _value: 6.0},
        ],
    )
        |> range(start: 2024-03-01T00:00:00Z, stop: 2024-03-01T00:00:00.004Z)

data |> promql.instantRate() |> yield(name: "irate")
data |> promql.extrapolatedRate(isRate: true) |> yield(name: "rate of a gauge")
data |> promql.linearRegression() |> yield(name: "slope")
