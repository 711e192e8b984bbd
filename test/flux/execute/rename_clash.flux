// two columns of one name are refused
import "array"

array.from(rows: [{a: 1, b: 2}]) |> drop(columns: ["z"]) |> rename(columns: {a: "b"})
