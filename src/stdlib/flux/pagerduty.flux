// package pagerduty
package pagerduty


import "experimental/record"
import "http"
import "json"
import "strings"

option defaultURL = "https://events.pagerduty.com/v2/enqueue"

severityFromLevel = (level) => {
    name = strings.toLower(v: level)

    return
        if name == "warn" then
            "warning"
        else if name == "crit" then
            "critical"
        else if name == "info" or name == "ok" then
            "info"
        else
            "error"
}

actionFromSeverity = (severity) =>
    if strings.toLower(v: severity) == "ok" then
        "resolve"
    else
        "trigger"

actionFromLevel = (level) =>
    if strings.toLower(v: level) == "ok" then
        "resolve"
    else
        "trigger"

_body = (
        class,
        client,
        clientURL,
        component,
        customDetails,
        dedupKey,
        eventAction,
        group,
        routingKey,
        severity,
        source,
        summary,
        timestamp,
    ) => {
    payload = {
        summary: strings.substring(v: summary, start: 0, end: 1023),
        timestamp: timestamp,
        source: source,
        component: component,
        severity: severity,
        group: group,
        class: class,
    }
    event = {
        routing_key: routingKey,
        dedup_key: dedupKey,
        event_action: eventAction,
        client: client,
        client_url: clientURL,
    }

    return
        json.encode(
            v:
                if display(v: customDetails) != "" then
                    {event with payload: {payload with custom_details: customDetails}}
                else
                    {event with payload: payload},
        )
}

_post = (url, body, post) =>
    post(
        url: url,
        headers: {
            "Accept": "application/vnd.pagerduty+json;version=2",
            "Content-Type": "application/json",
        },
        data: body,
    )

sendEvent = (
        class,
        client,
        clientURL,
        dedupKey,
        eventAction,
        group,
        routingKey,
        severity,
        source,
        summary,
        timestamp,
        component="",
        customDetails="",
        pagerdutyURL=defaultURL,
    ) =>
    _post(
        url: pagerdutyURL,
        post: http.post,
        body:
            _body(
                class: class,
                client: client,
                clientURL: clientURL,
                component: component,
                customDetails: customDetails,
                dedupKey: dedupKey,
                eventAction: eventAction,
                group: group,
                routingKey: routingKey,
                severity: severity,
                source: source,
                summary: summary,
                timestamp: timestamp,
            ),
    )

// endpoint sends one event per row: mapFn describes it.
endpoint = (url=defaultURL) => (mapFn) => (tables=<-) =>
    tables
        |> dedupKey()
        |> map(
            fn: (r) => {
                event = mapFn(r: r)
                body =
                    _body(
                        class: event.class,
                        client: event.client,
                        clientURL: event.clientURL,
                        component: record.get(r: event, key: "component", default: ""),
                        customDetails: record.get(r: event, key: "customDetails", default: ""),
                        dedupKey: r._pagerdutyDedupKey,
                        eventAction: event.eventAction,
                        group: event.group,
                        routingKey: event.routingKey,
                        severity: event.severity,
                        source: event.source,
                        summary: event.summary,
                        timestamp: event.timestamp,
                    )
                status = _post(url: url, body: body, post: _notify)

                return {r with
                    _body: string(v: body),
                    _status: string(v: status),
                    _sent: string(v: status / 100 == 2),
                }
            },
        )
