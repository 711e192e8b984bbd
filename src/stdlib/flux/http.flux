// package http
package http

import "experimental"

// endpoint posts one request per row: mapFn gives its headers and data. Adds
// _status, and _sent, "true" for status 200 alone, which joins the group key.
endpoint = (url) => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                request = mapFn(r: r)
                status = _notify(url: url, headers: request.headers, data: request.data)

                return {r with _status: string(v: status), _sent: string(v: status == 200)}
            },
        )
        |> experimental.group(mode: "extend", columns: ["_sent"])
