// gen.tables: refused beyond a number of tables
import "internal/gen"

gen.tables(n: 1, tags: [{name: "a", cardinality: 1000}, {name: "b", cardinality: 1000}])
