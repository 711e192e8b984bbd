// tableFind and its kin read the first table whose key record satisfies fn
import "array"

data =
    array.from(
        rows: [
            {_time: 2020-01-01T00:00:00Z, host: "a", _value: 1.0},
            {_time: 2020-01-01T00:00:10Z, host: "b", _value: 2.0},
            {_time: 2020-01-01T00:00:20Z, host: "b", _value: 3.0},
        ],
    )
        |> group(columns: ["host"])
table = data |> tableFind(fn: (key) => key.host == "b")
none = data |> findRecord(fn: (key) => key.host == "z", idx: 0)

array.from(
    rows: [
        {what: "record", value: display(v: table |> getRecord(idx: 1))},
        {what: "column", value: display(v: table |> getColumn(column: "_value"))},
        {
            what: "findColumn",
            value: display(v: data |> findColumn(fn: (key) => key.host == "a", column: "_value")),
        },
        {
            what: "no table",
            value: display(v: data |> findColumn(fn: (key) => key.host == "z", column: "_value")),
        },
        {
            what: "no column",
            value: display(v: data |> findColumn(fn: (key) => key.host == "a", column: "nope")),
        },
        {what: "no record", value: display(v: none)},
        {
            what: "no row",
            value: display(v: data |> findRecord(fn: (key) => key.host == "a", idx: 5)),
        },
        {what: "member of no record", value: display(v: exists none.host)},
    ],
)
