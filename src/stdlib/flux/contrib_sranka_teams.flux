// package contrib/sranka/teams
package teams


import "http"
import "json"
import "strings"

option summaryCutoff = 70

message = (
        text,
        title,
        url,
        summary="",
        _post=http.post,
    ) => {
    short =
        if summary != "" then
            summary
        else if strings.strlen(v: text) > summaryCutoff then
            strings.substring(v: text, start: 0, end: summaryCutoff) + "..."
        else
            text

    return
        _post(
            url: url,
            headers: {"Content-Type": "application/json; charset=utf-8"},
            data:
                json.encode(
                    v: {
                        "@type": "MessageCard",
                        "@context": "http://schema.org/extensions",
                        title: title,
                        text: text,
                        summary: short,
                    },
                ),
        )
}

// endpoint sends one message per row: mapFn gives its title, text and summary.
endpoint = (url) => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                note = mapFn(r: r)
                status =
                    message(
                        title: note.title,
                        text: note.text,
                        url: url,
                        summary: note.summary,
                        _post: _notify,
                    )

                return {r with _sent: string(v: status / 100 == 2)}
            },
        )
