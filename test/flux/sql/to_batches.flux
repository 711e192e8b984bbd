// sql.to writes the same rows whatever its batchSize
// then: SELECT count(*), sum(i), min(i), max(i) FROM public.batched
import "array"
import "sql"

array.from(rows: [{i: 1}, {i: 2}, {i: 3}, {i: 4}, {i: 5}])
    |> sql.to(driverName: "postgres", dataSourceName: "", table: "batched", batchSize: 2)
    |> count(column: "i")
