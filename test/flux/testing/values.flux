// assertions say nothing when all is well; load, tags and expect.planner are there to be named
import "array"
import "testing"
import "testing/expect"

expect.planner(rules: ["a rule": 1])

testing.assertEqualValues(got: "a" + "b", want: "ab")
testing.assertEmpty(tables: array.from(rows: [{a: 1}]) |> filter(fn: (r) => r.a > 1))
    |> yield(name: "empty")
array.from(rows: [{a: 1}])
    |> testing.load()
    |> testing.assertEquals(name: "same", want: array.from(rows: [{a: 1}]))
    |> yield(name: "same")
array.from(rows: [{tags: length(arr: testing.tags)}]) |> yield(name: "tags")
