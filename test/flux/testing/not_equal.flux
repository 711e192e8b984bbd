// assertEquals names the assertion that failed
import "array"
import "testing"

array.from(rows: [{a: 1}]) |> testing.assertEquals(name: "one is two", want: array.from(rows: [{a: 2}]))
