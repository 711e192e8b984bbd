// package contrib/sranka/telegram
package telegram


import "http"
import "json"

option defaultURL = "https://api.telegram.org/bot"

option defaultParseMode = "MarkdownV2"

option defaultDisableWebPagePreview = false

option defaultSilent = true

message = (
        channel,
        text,
        token,
        disableWebPagePreview=defaultDisableWebPagePreview,
        parseMode=defaultParseMode,
        silent=defaultSilent,
        url=defaultURL,
        _post=http.post,
    ) =>
    _post(
        url: url + token + "/sendMessage",
        headers: {"Content-Type": "application/json; charset=utf-8"},
        data:
            json.encode(
                v: {
                    chat_id: channel,
                    text: text,
                    parse_mode: parseMode,
                    disable_web_page_preview: disableWebPagePreview,
                    disable_notification: silent,
                },
            ),
    )

// endpoint sends one message per row: mapFn gives its channel, text and silent.
endpoint = (
            token,
            disableWebPagePreview=defaultDisableWebPagePreview,
            parseMode=defaultParseMode,
            url=defaultURL,
        ) =>
    (mapFn) => (tables=<-) =>
        tables
            |> map(
                fn: (r) => {
                    note = mapFn(r: r)
                    status =
                        message(
                            channel: note.channel,
                            text: note.text,
                            token: token,
                            disableWebPagePreview: disableWebPagePreview,
                            parseMode: parseMode,
                            silent: note.silent,
                            url: url,
                            _post: _notify,
                        )

                    return {r with _sent: string(v: status / 100 == 2)}
                },
            )
