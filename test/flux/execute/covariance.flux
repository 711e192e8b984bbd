// covariance and correlation skip incomplete pairs
import "array"
import "internal/debug"

data = array.from(rows: [
    {x: 1.0, y: 2.0},
    {x: 2.0, y: 4.0},
    {x: debug.null(type: "float"), y: 9.0},
    {x: 4.0, y: 7.0},
])

data |> covariance(columns: ["x", "y"]) |> yield(name: "cov")
data |> covariance(columns: ["x", "y"], pearsonr: true, valueDst: "r") |> yield(name: "r")
