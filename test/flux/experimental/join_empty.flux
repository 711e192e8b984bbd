// experimental.join of a stream without tables has no rows
import "array"
import "experimental"

data = array.from(rows: [{_time: 2024-01-01T00:00:00Z, load: 0.5}])

experimental.join(
    left: data,
    right: data |> filter(fn: (r) => r.load > 1.0),
    fn: (left, right) => ({left with other: right.load}),
)
    |> yield(name: "nothing")
data |> yield(name: "something")
