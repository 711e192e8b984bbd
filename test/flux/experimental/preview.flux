// experimental.preview: a few rows of a few tables
import "array"
import "experimental"

data = array.from(rows: [
    {k: "a", n: 1}, {k: "a", n: 2}, {k: "a", n: 3}, {k: "b", n: 4}, {k: "c", n: 5},
])
    |> group(columns: ["k"])

data |> experimental.preview(nrows: 2, ntables: 2) |> yield(name: "1 bounded")
data |> experimental.preview() |> yield(name: "2 default")
