// sql.to makes its table, fills it and passes the rows on
// then: SELECT n::text FROM public.numbers AS n ORDER BY i
import "array"
import "sql"

array.from(rows: [{i: 1, u: uint(v: 7), f: 1.5, s: "a\"b", b: true, t: 2024-01-01T00:00:00Z}, {i: 2, u: uint(v: 8), f: 2.5, s: "", b: false, t: 2024-01-01T00:00:01Z}])
  |> sql.to(driverName: "postgres", dataSourceName: "", table: "numbers")
  |> keep(columns: ["i"])
