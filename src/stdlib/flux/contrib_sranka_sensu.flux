// package contrib/sranka/sensu
package sensu


import "http"
import "json"
import "regexp"

toSensuName = (v) => regexp.replaceAllString(r: /[^a-zA-Z0-9_.\-]/, v: v, t: "_")

event = (
        apiKey,
        checkName,
        text,
        url,
        entityName="influxdb",
        handlers=[],
        namespace="default",
        state="",
        status=0,
        _post=http.post,
    ) => {
    told = if state != "" then state else if status == 0 then "passing" else "failing"

    return
        _post(
            url: url + "/api/core/v2/namespaces/" + namespace + "/events",
            headers: {
                "Content-Type": "application/json; charset=utf-8",
                "Authorization": "Key " + apiKey,
            },
            data:
                json.encode(
                    v: {
                        entity: {
                            entity_class: "proxy",
                            metadata: {name: toSensuName(v: entityName)},
                        },
                        check: {
                            output: text,
                            state: told,
                            status: status,
                            handlers: handlers,
                            interval: 60,
                            metadata: {name: toSensuName(v: checkName)},
                        },
                    },
                ),
        )
}

// endpoint sends one event per row: mapFn gives its check's name, text and status.
endpoint = (
        apiKey,
        url,
        entityName="influxdb",
        handlers=[],
        namespace="default",
    ) => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                note = mapFn(r: r)
                status =
                    event(
                        url: url,
                        apiKey: apiKey,
                        checkName: note.checkName,
                        text: note.text,
                        status: note.status,
                        namespace: namespace,
                        handlers: handlers,
                        entityName: entityName,
                        _post: _notify,
                    )

                return {r with _sent: string(v: status / 100 == 2)}
            },
        )
