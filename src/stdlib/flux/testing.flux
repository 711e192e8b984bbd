// package testing
package testing

import "array"
import "experimental"
import "regexp"

// tags mark test cases for selection.
option tags = []

// load puts a test's input where the test reads it from; the identity unless
// whoever runs the test sets it.
option load = (tables=<-) => tables

// diff gives the rows in which got and want differ, as result "errorOutput".
diff = (
    got=<-,
    want,
    verbose=false,
    epsilon=0.000001,
    nansEqual=false,
) =>
    _diff(got: got, want: want)
        |> yield(name: "errorOutput")

// assertEqualValues compares two values as one-row tables.
assertEqualValues = (got, want) =>
    diff(got: array.from(rows: [{v: got}]), want: array.from(rows: [{v: want}]))

// shouldError calls fn and wants it to fail with a message that matches.
shouldError = (fn, want) => {
    caught = experimental.catch(fn: fn)
    message =
        if exists caught.msg then
            caught.msg
        else
            die(msg: "shouldError expected an error")
    wanted =
        if message =~ want then
            message
        else
            "error matching /${regexp.getString(r: want)}/"

    return diff(got: array.from(rows: [{v: message}]), want: array.from(rows: [{v: wanted}]))
}
