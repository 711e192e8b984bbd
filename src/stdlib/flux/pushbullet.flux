// package pushbullet
package pushbullet


import "http"
import "json"

option defaultURL = "https://api.pushbullet.com/v2/pushes"

pushData = (data, token="", url=defaultURL) =>
    http.post(
        url: url,
        headers: {"Access-Token": token, "Content-Type": "application/json"},
        data: json.encode(v: data),
    )

pushNote = (text, title, token="", url=defaultURL) =>
    pushData(data: {type: "note", title: title, body: text}, token: token, url: url)

// endpoint pushes one note per row: mapFn gives its title and text.
endpoint = (token="", url=defaultURL) => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                note = mapFn(r: r)
                status = pushNote(title: note.title, text: note.text, token: token, url: url)

                return {r with _status: string(v: status), _sent: string(v: status / 100 == 2)}
            },
        )
