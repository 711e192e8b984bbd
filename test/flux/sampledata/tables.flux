// sampledata: two tables of six rows, with and without nulls
import "sampledata"

sampledata.int(includeNull: true) |> yield(name: "int")
sampledata.uint() |> limit(n: 2) |> yield(name: "uint")
sampledata.float() |> yield(name: "float")
sampledata.bool() |> limit(n: 3) |> yield(name: "bool")
sampledata.string() |> limit(n: 1) |> yield(name: "string")
