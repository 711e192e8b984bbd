// package sampledata
package sampledata


import "array"
import "internal/debug"

start = 2021-01-01T00:00:00Z

stop = 2021-01-01T00:01:00Z

// Two tables of six rows ten seconds apart; some values can be null.
_tables = (a, b, none, includeNull) =>
    array.from(
        rows: [
            {_time: 2021-01-01T00:00:00Z, tag: "t1", _value: a[0]},
            {_time: 2021-01-01T00:00:10Z, tag: "t1", _value: if includeNull then none else a[1]},
            {_time: 2021-01-01T00:00:20Z, tag: "t1", _value: a[2]},
            {_time: 2021-01-01T00:00:30Z, tag: "t1", _value: if includeNull then none else a[3]},
            {_time: 2021-01-01T00:00:40Z, tag: "t1", _value: if includeNull then none else a[4]},
            {_time: 2021-01-01T00:00:50Z, tag: "t1", _value: a[5]},
            {_time: 2021-01-01T00:00:00Z, tag: "t2", _value: if includeNull then none else b[0]},
            {_time: 2021-01-01T00:00:10Z, tag: "t2", _value: b[1]},
            {_time: 2021-01-01T00:00:20Z, tag: "t2", _value: b[2]},
            {_time: 2021-01-01T00:00:30Z, tag: "t2", _value: b[3]},
            {_time: 2021-01-01T00:00:40Z, tag: "t2", _value: if includeNull then none else b[4]},
            {_time: 2021-01-01T00:00:50Z, tag: "t2", _value: b[5]},
        ],
    )
        |> group(columns: ["tag"])

float = (includeNull=false) =>
    _tables(
        a: [-2.18, 10.92, 7.35, 17.53, 15.23, 4.43],
        b: [19.85, 4.97, -3.75, 19.77, 13.86, 1.86],
        none: debug.null(type: "float"),
        includeNull: includeNull,
    )

int = (includeNull=false) =>
    _tables(
        a: [-2, 10, 7, 17, 15, 4],
        b: [19, 4, -3, 19, 13, 1],
        none: debug.null(type: "int"),
        includeNull: includeNull,
    )

uint = (includeNull=false) => int(includeNull: includeNull) |> toUInt()

string = (includeNull=false) =>
    _tables(
        a: [
            "smpl_g9qczs",
            "smpl_0mgv9n",
            "smpl_phw664",
            "smpl_guvzy4",
            "smpl_5v3cce",
            "smpl_s9fmgy",
        ],
        b: [
            "smpl_b5eida",
            "smpl_eu4oxp",
            "smpl_5g7tz4",
            "smpl_sox1ut",
            "smpl_wfm757",
            "smpl_dtn2bv",
        ],
        none: debug.null(type: "string"),
        includeNull: includeNull,
    )

bool = (includeNull=false) =>
    _tables(
        a: [true, true, false, true, false, false],
        b: [false, true, false, true, true, false],
        none: debug.null(type: "bool"),
        includeNull: includeNull,
    )

numericBool = (includeNull=false) =>
    _tables(
        a: [1, 1, 0, 1, 0, 0],
        b: [0, 1, 0, 1, 1, 0],
        none: debug.null(type: "int"),
        includeNull: includeNull,
    )
