// experimental.catch: the message names the calls that failed, outermost first, and none around the catch
import "array"
import "experimental"

inner = (x) => die(msg: x)
outer = (x) => inner(x: x + "!")
report = (fn) => experimental.catch(fn: fn).msg

array.from(
    rows: [
        {what: "die", msg: report(fn: () => die(msg: "oh"))},
        {what: "nested", msg: report(fn: () => outer(x: "oh"))},
        {what: "operator", msg: report(fn: () => 1 / 0)},
        {what: "caught inside", msg: report(fn: () => die(msg: report(fn: () => die(msg: "x"))))},
        {
            what: "stream",
            msg:
                report(
                    fn: () =>
                        array.from(rows: [{a: 0}])
                            |> map(fn: (r) => ({b: 1 / r.a}))
                            |> findRecord(fn: (key) => true, idx: 0),
                ),
        },
    ],
)
