// row functions capture dictionaries, records and dynamic values
import "array"
import "dict"
import "experimental/dynamic"

names = ["a": "apple", "b": "banana"]
limits = {low: 1, high: 3}
settings = dynamic.jsonParse(data: bytes(v: "{\"factor\": 2.5}"))

array.from(rows: [{k: "a", v: 2}, {k: "z", v: 9}])
    |> map(
        fn: (r) =>
            ({
                name: dict.get(dict: names, key: r.k, default: "?"),
                inside: r.v >= limits.low and r.v <= limits.high,
                scaled: float(v: r.v) * float(v: settings.factor),
            }),
    )
