// streams at the top level and yields anywhere are results; unused variables are not
import "array"

shared = array.from(rows: [{a: 1}])
unused = shared |> map(fn: (r) => ({a: 1 / 0}))
send = (tables=<-) => tables |> yield(name: "inside")
copy = shared |> send() |> map(fn: (r) => ({a: r.a + 1}))

copy
copy
shared |> yield(name: "b") |> map(fn: (r) => ({a: r.a + 10})) |> yield(name: "c")
