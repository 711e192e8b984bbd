// strings have no difference
import "array"

array.from(rows: [{s: "a"}]) |> difference(columns: ["s"])
