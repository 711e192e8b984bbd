// package contrib/sranka/webexteams
package webexteams


import "http"
import "json"

message = (
        markdown,
        roomId,
        text,
        token,
        url="https://webexapis.com",
        _post=http.post,
    ) =>
    _post(
        url: url + "/v1/messages",
        headers: {
            "Authorization": "Bearer " + token,
            "Content-Type": "application/json; charset=utf-8",
        },
        data: json.encode(v: {text: text, markdown: markdown, roomId: roomId}),
    )

// endpoint sends one message per row: mapFn gives its roomId, text and markdown.
endpoint = (token, url="https://webexapis.com") => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                note = mapFn(r: r)
                status =
                    message(
                        markdown: note.markdown,
                        roomId: note.roomId,
                        text: note.text,
                        token: token,
                        url: url,
                        _post: _notify,
                    )

                return {r with _sent: string(v: status / 100 == 2)}
            },
        )
