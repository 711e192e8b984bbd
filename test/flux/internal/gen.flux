// gen.tables: a table for each combination of tags, n rows ten seconds apart; a seed gives the same again
import "internal/gen"

tags = [{name: "site", cardinality: 2}, {name: "host", cardinality: 3}]
data = gen.tables(n: 5, tags: tags, seed: 7)

data |> count() |> yield(name: "tables")
gen.tables(n: 3, seed: 1) |> drop(columns: ["_value"]) |> yield(name: "no tags")
join(tables: {a: data, b: gen.tables(n: 5, tags: tags, seed: 7)}, on: ["site", "host", "_time"])
    |> filter(fn: (r) => r._value_a != r._value_b)
    |> yield(name: "same seed, same values")
gen.tables(n: 100, nulls: 1.0, seed: 3)
    |> filter(fn: (r) => exists r._value)
    |> yield(name: "all null")
gen.tables(n: 20000, nulls: 0.5, seed: 3)
    |> map(fn: (r) => ({r with _value: if exists r._value then 1 else 0}))
    |> sum()
    |> map(fn: (r) => ({half: r._value > 9000 and r._value < 11000}))
    |> yield(name: "half null")
gen.tables(n: 0) |> count() |> yield(name: "no rows")
