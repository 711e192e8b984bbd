// null rules of row functions: a missing column is null, "null and x" is false
import "array"
import "internal/debug"

array.from(rows: [{a: 1, n: debug.null(type: "int"), b: true, nb: debug.null(type: "bool")}])
    |> drop(columns: ["none"])
    |> map(
        fn: (r) =>
            ({
                add: exists r.a + r.n,
                compare: exists (r.n == 1),
                missing: exists r.nope,
                missing_compare: exists (r.nope == 1),
                if_null: if r.nb then "then" else "else",
                not_null: exists not r.nb,
                convert: exists int(v: r.n),
                text: display(v: r.n),
            }),
    )
