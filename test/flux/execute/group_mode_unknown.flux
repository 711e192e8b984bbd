// other modes are refused
import "array"

array.from(rows: [{v: 1}]) |> group(columns: ["v"], mode: "with")
