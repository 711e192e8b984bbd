// package pushbullet
package pushbullet


import "http"
import "json"

option defaultURL = "https://api.pushbullet.com/v2/pushes"

pushData = (data, token="", url=defaultURL, _post=http.post) =>
    _post(
        url: url,
        headers: {"Access-Token": token, "Content-Type": "application/json"},
        data: json.encode(v: data),
    )

pushNote = (
        text,
        title,
        token="",
        url=defaultURL,
        _post=http.post,
    ) =>
    pushData(
        data: {type: "note", title: title, body: text},
        token: token,
        url: url,
        _post: _post,
    )

// endpoint pushes one note per row: mapFn gives its title and text.
endpoint = (token="", url=defaultURL) => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                note = mapFn(r: r)
                status =
                    pushNote(
                        title: note.title,
                        text: note.text,
                        token: token,
                        url: url,
                        _post: _notify,
                    )

                return {r with _status: string(v: status), _sent: string(v: status / 100 == 2)}
            },
        )
