// join.tables by each method: rows without a partner have nulls, but not in the columns of the key
import "array"
import "join"

left = array.from(rows: [
    {zone: "n", id: 1, lv: 1.0}, {zone: "n", id: 2, lv: 2.0}, {zone: "s", id: 1, lv: 3.0},
])
    |> group(columns: ["zone"])
right = array.from(rows: [
    {zone: "n", id: 2, rv: "two"}, {zone: "n", id: 2, rv: "deux"}, {zone: "n", id: 3, rv: "three"}, {zone: "w", id: 1, rv: "one"},
])
    |> group(columns: ["zone"])
both = (method) =>
    join.tables(
        left: left,
        right: right,
        method: method,
        on: (l, r) => l.id == r.id,
        as: (l, r) => ({
            zone: if exists l.zone then l.zone else r.zone,
            id: if exists l.id then l.id else r.id,
            lv: l.lv,
            rv: r.rv,
        }),
    )

both(method: "inner") |> yield(name: "1 inner")
both(method: "left") |> yield(name: "2 left")
both(method: "right") |> yield(name: "3 right")
both(method: "full") |> yield(name: "4 full")
