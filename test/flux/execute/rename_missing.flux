// an unknown column is an error
import "array"

array.from(rows: [{alpha: 1}]) |> drop(columns: ["z"]) |> rename(columns: {alpa: "b"})
