// package contrib/chobbs/discord
package discord


import "http"
import "json"

option discordURL = "https://discordapp.com/api/webhooks/"

send = (
        content,
        username,
        webhookID,
        webhookToken,
        avatar_url="",
        _post=http.post,
    ) =>
    _post(
        url: discordURL + webhookID + "/" + webhookToken,
        headers: {"Content-Type": "application/json"},
        data: json.encode(v: {username: username, content: content, avatar_url: avatar_url}),
    )

// endpoint sends one message per row: mapFn gives its content.
endpoint = (username, webhookID, webhookToken, avatar_url="") =>
    (mapFn) => (tables=<-) =>
        tables
            |> map(
                fn: (r) => {
                    note = mapFn(r: r)
                    status =
                        send(
                            content: note.content,
                            username: username,
                            webhookID: webhookID,
                            webhookToken: webhookToken,
                            avatar_url: avatar_url,
                            _post: _notify,
                        )

                    return {r with _sent: string(v: status / 100 == 2)}
                },
            )
