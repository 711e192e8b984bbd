// join.tables knows four methods
import "array"
import "join"

data = array.from(rows: [{id: 1}])
join.tables(left: data, right: data, method: "outer", on: (l, r) => l.id == r.id, as: (l, r) => l)
