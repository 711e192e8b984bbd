// null meets nothing
import "array"
import "join"
import "internal/debug"

l = array.from(rows: [{id: 1, a: "x"}, {id: debug.null(type: "int"), a: "y"}])
r = array.from(rows: [{id: 1, b: "p"}, {id: debug.null(type: "int"), b: "q"}])

join.full(left: l, right: r, on: (l, r) => l.id == r.id, as: (l, r) => ({a: l.a, b: r.b}))
