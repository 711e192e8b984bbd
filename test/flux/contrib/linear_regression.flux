// statsmodels.linearRegression: one line for all, fitted to the first table; x counts from 1 in each
import "array"
import "contrib/anaisdg/statsmodels"

row = (t, k, v) => ({_time: t, k: k, _value: v})

array.from(
    rows: [
        row(t: 2024-03-01T00:00:00Z, k: "a", v: 1.0),
        row(t: 2024-03-01T00:01:00Z, k: "a", v: 3.0),
        row(t: 2024-03-01T00:02:00Z, k: "a", v: 5.0),
        row(t: 2024-03-01T00:03:00Z, k: "a", v: 6.0),
        row(t: 2024-03-01T00:00:00Z, k: "b", v: -1.0),
        row(t: 2024-03-01T00:01:00Z, k: "b", v: 9.0),
    ],
)
    |> group(columns: ["k"])
    |> statsmodels.linearRegression()
