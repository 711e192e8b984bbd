// a label that is a column already
import "array"

array.from(rows: [{r: 1, a: "r", v: 1}]) |> pivot(rowKey: ["r"], columnKey: ["a"], valueColumn: "v")
