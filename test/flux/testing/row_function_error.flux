// an error in a row function is caught with the message that the function gave
import "array"
import "testing"

testing.shouldError(
    fn: () =>
        array.from(rows: [{v: "five"}])
            |> map(fn: (r) => ({v: int(v: r.v)}))
            |> findRecord(fn: (key) => true, idx: 0),
    want: /five/,
)
