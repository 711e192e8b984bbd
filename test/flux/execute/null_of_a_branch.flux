// a conditional has the type of its branches, also where the one taken is a missing column
data =
    from(bucket: "test")
        |> range(start: 2020-01-01T00:00:00Z, stop: 2020-02-01T00:00:00Z)

data
    |> filter(fn: (r) => (if r._value > 2.0 then r._value else r.nothing) - (if r.b == "t" then r.nothing else 1.0) > 1.0)
    |> yield(name: "filtered")
data
    |> map(
        fn: (r) =>
            ({
                both: (if r._value > 2.0 then r._value else r.nothing) + (if r.b == "t" then r.nothing else 1.0),
                less: (if r._value > 2.0 then r._value else r.nothing) < (if r.b == "t" then r.nothing else 1.0),
            }),
    )
    |> yield(name: "mapped")
