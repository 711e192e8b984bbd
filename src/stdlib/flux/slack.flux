// package slack
package slack


import "http"
import "json"

option defaultURL = "https://slack.com/api/chat.postMessage"

validateColorString = (color) =>
    if color == "good" or color == "warning" or color == "danger"
            or color =~ /^#[0-9a-fA-F]{1,6}$/ then
        color
    else
        die(msg: "could not parse color string")

message = (
        channel,
        color,
        text,
        token="",
        url=defaultURL,
        _post=http.post,
    ) => {
    attachment = {
        color: validateColorString(color: color),
        text: string(v: text),
        mrkdwn_in: ["text"],
    }

    return
        _post(
            url: url,
            headers: {
                "Authorization": "Bearer " + token,
                "Content-Type": "application/json",
            },
            data: json.encode(v: {channel: channel, attachments: [attachment]}),
        )
}

// endpoint sends one message per row: mapFn gives its channel, text and color.
endpoint = (token="", url=defaultURL) => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                note = mapFn(r: r)
                status =
                    message(
                        channel: note.channel,
                        color: note.color,
                        text: note.text,
                        token: token,
                        url: url,
                        _post: _notify,
                    )

                return {r with _status: string(v: status), _sent: string(v: status / 100 == 2)}
            },
        )
