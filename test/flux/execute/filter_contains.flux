// contains() of tags and fields, by another name, captured, and hidden by a function of the script
data =
    from(bucket: "test")
        |> range(start: 2020-01-01T00:00:00Z, stop: 2020-02-01T00:00:00Z)
        |> filter(fn: (r) => r._measurement == "cpu")
hosts = ["b", "nobody"]
config = {fields: ["usage", "idle"]}
within = contains

data
    |> filter(fn: (r) => contains(value: r.host, set: hosts))
    |> count()
    |> yield(name: "hosts")
data
    |> filter(fn: (r) => within(set: hosts, value: r["host"]) and not contains(value: r._field, set: config.fields))
    |> count()
    |> yield(name: "fields")
data
    |> filter(fn: (r) => not contains(value: r.rack, set: ["r1"]))
    |> count()
    |> yield(name: "without a tag")
notIn = (set) => (r) => not contains(value: r.host, set: set)

data
    |> filter(fn: notIn(set: hosts))
    |> count()
    |> yield(name: "captured")
data
    |> filter(
        fn: (r) => {
            contains = (value, set) => value == "a"

            return contains(value: r.host, set: hosts)
        },
    )
    |> count()
    |> yield(name: "hidden")
