// package contrib/anaisdg/statsmodels
package statsmodels


// linearRegression fits a line through the values of the first table, x being
// 1, 2, 3 ..., and gives every row its place on that line and the error's square.
linearRegression = (tables=<-) => {
    points =
        tables
            |> rename(columns: {_value: "y"})
            |> map(fn: (r) => ({r with x: 1.0}))
            |> cumulativeSum(columns: ["x"])
    sums =
        points
            |> reduce(
                identity: {N: 0.0, sx: 0.0, sy: 0.0, sxx: 0.0, sxy: 0.0},
                fn: (r, accumulator) =>
                    ({
                        N: accumulator.N + 1.0,
                        sx: accumulator.sx + r.x,
                        sy: accumulator.sy + r.y,
                        sxx: accumulator.sxx + r.x * r.x,
                        sxy: accumulator.sxy + r.x * r.y,
                    }),
            )
            |> findRecord(fn: (key) => true, idx: 0)
    xMean = sums.sx / sums.N
    yMean = sums.sy / sums.N
    slope = (sums.sxy - xMean * yMean * sums.N) / (sums.sxx - sums.N * xMean * xMean)
    intercept = yMean - slope * xMean

    return
        points
            |> map(
                fn: (r) =>
                    ({r with
                        N: sums.N,
                        sx: sums.sx,
                        sy: sums.sy,
                        sxx: sums.sxx,
                        sxy: sums.sxy,
                        slope: slope,
                        y_hat: slope * r.x + intercept,
                    }),
            )
            |> map(fn: (r) => ({r with errors: (r.y - r.y_hat) ^ 2.0}))
}
