// quantile and median of another column; compression belongs to the estimate
import "array"

data = array.from(rows: [
    {k: "a", load: 4.0}, {k: "b", load: 1.0}, {k: "c", load: 3.0}, {k: "d", load: 2.0},
])

data |> median(column: "load") |> yield(name: "1 estimate")
data |> median(column: "load", method: "exact_mean") |> yield(name: "2 exact mean")
data |> rename(columns: {load: "_value"}) |> median(method: "exact_selector") |> yield(name: "3 selector")
data |> quantile(column: "load", q: 0.25, method: "exact_mean") |> yield(name: "4 quarter")
data |> quantile(column: "load", q: 0.9, compression: 10.0) |> yield(name: "5 compression")
data |> median(column: "load", compression: 10.0) |> yield(name: "6 median, compression")
