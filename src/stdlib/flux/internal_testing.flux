// package internal/testing
package testing

import "array"
import "experimental"
import "regexp"
import "testing"

// assertMatches wants a string to match a regular expression.
assertMatches = (got, want) =>
    testing.diff(
        got: array.from(rows: [{v: got}]),
        want:
            array.from(
                rows: [
                    {
                        v:
                            if got =~ want then
                                got
                            else
                                "text matching /${regexp.getString(r: want)}/",
                    },
                ],
            ),
    )

// shouldErrorWithCode wants fn to fail with a code and a message that matches.
shouldErrorWithCode = (fn, want, code) => {
    caught = experimental.catch(fn: fn)
    message =
        if exists caught.msg then
            caught.msg
        else
            die(msg: "shouldErrorWithCode expected an error")

    return
        testing.diff(
            got: array.from(rows: [{match: message =~ want, code: caught.code}]),
            want: array.from(rows: [{match: true, code: code}]),
        )
}
