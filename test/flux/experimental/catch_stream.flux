// catch: an error while a stream runs is caught too, and the script goes on
import "array"
import "experimental"

data = array.from(rows: [{_value: 1}, {_value: 0}])
none = experimental.catch(fn: () => data |> tableFind(fn: (key) => false) |> getRecord(idx: 0))
zero =
    experimental.catch(
        fn: () =>
            data
                |> map(fn: (r) => ({_value: 1 / r._value}))
                |> findRecord(fn: (key) => true, idx: 1),
    )
fine = experimental.catch(fn: () => (data |> findRecord(fn: (key) => true, idx: 1))._value)

array.from(
    rows: [
        {what: "none", caught: none.msg =~ /function "tableFind".*: no table found$/, code: string(v: none.code)},
        {what: "zero", caught: zero.msg =~ /cannot divide by zero/, code: string(v: zero.code)},
        {what: "fine", caught: exists fine.msg, code: display(v: fine.value)},
    ],
)
