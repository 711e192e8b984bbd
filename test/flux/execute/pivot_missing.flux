// a missing row key is an error
import "array"

array.from(rows: [{r: 1, a: "x", v: 1}]) |> pivot(rowKey: ["nothing"], columnKey: ["a"], valueColumn: "v")
