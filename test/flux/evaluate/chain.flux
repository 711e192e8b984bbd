// experimental.chain runs its first stream and gives the second
// then: SELECT "table", record->>'_value' AS v FROM flux.query_json($$from(bucket: "test") |> range(start: 2020-01-01T00:00:00Z, stop: 2020-01-02T00:00:00Z)$$)
import "array"
import "experimental"

first =
    array.from(
        rows: [{_time: 2020-01-01T00:00:00Z, _measurement: "m", _field: "f", _value: 7.0}],
    )
        |> to(bucket: "test")
second = array.from(rows: [{a: 1}])

experimental.chain(first: first, second: second)
