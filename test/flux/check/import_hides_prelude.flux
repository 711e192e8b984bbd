// an import hides the prelude's function of that name
// run: diagnose
import "join"
a = from(bucket: "a") |> range(start: -1h)
b = join(tables: {a: a, b: a}, on: ["_time"])
