// package contrib/rhajek/bigpanda
package bigpanda


import "http"
import "json"
import "strings"

option defaultUrl = "https://api.bigpanda.io/data/v2/alerts"

option defaultTokenPrefix = "Bearer"

statusFromLevel = (level) => {
    name = strings.toLower(v: level)

    return
        if name == "ok" or name == "info" then
            "ok"
        else if name == "warn" then
            "warning"
        else
            "critical"
}

sendAlert = (
        appKey,
        rec,
        status,
        token,
        url,
        _post=http.post,
    ) =>
    _post(
        url: url,
        headers: {
            "Authorization": defaultTokenPrefix + " " + token,
            "Content-Type": "application/json; charset=utf-8",
        },
        data: json.encode(v: {rec with app_key: appKey, status: status}),
    )

// endpoint sends one alert per row: what mapFn gives, with its status.
endpoint = (appKey, token, url=defaultUrl) => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                note = mapFn(r: r)
                status =
                    sendAlert(
                        url: url,
                        appKey: appKey,
                        token: token,
                        status: note.status,
                        rec: note,
                        _post: _notify,
                    )

                return {r with _sent: string(v: status / 100 == 2)}
            },
        )
