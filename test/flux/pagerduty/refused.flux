// events go to PagerDuty unless a URL is given; a host that nobody allowed is not asked
import "array"
import "experimental"
import "pagerduty"

t = 2024-01-01T00:00:00Z
say = (name, fn) => ({name: name, msg: experimental.catch(fn: fn).msg})
event = (r) =>
    ({
        routingKey: "k",
        client: "c",
        clientURL: "http://c.example.com",
        class: "load",
        eventAction: "trigger",
        group: "g",
        severity: "error",
        source: "s",
        component: "p",
        summary: "much load",
        timestamp: t,
        customDetails: {load: 3.5},
    })
sent = (endpoint) =>
    (array.from(rows: [{host: "a"}])
        |> group(columns: ["host"])
        |> endpoint()
        |> findRecord(fn: (key) => true, idx: 0))._sent

array.from(
    rows: [
        say(
            name: "sendEvent",
            fn: () =>
                string(
                    v: pagerduty.sendEvent(
                        routingKey: "k",
                        client: "c",
                        clientURL: "http://c.example.com",
                        dedupKey: "d",
                        class: "load",
                        eventAction: "trigger",
                        group: "g",
                        severity: "error",
                        component: "p",
                        source: "s",
                        summary: "much load",
                        timestamp: t,
                        customDetails: {load: 3.5},
                    ),
                ),
        ),
        say(
            name: "sendEvent with url",
            fn: () =>
                string(
                    v: pagerduty.sendEvent(
                        pagerdutyURL: "https://events.example.com/",
                        routingKey: "k",
                        client: "c",
                        clientURL: "http://c.example.com",
                        dedupKey: "d",
                        class: "load",
                        eventAction: "trigger",
                        group: "g",
                        severity: "error",
                        source: "s",
                        summary: "much load",
                        timestamp: t,
                    ),
                ),
        ),
        say(name: "endpoint", fn: () => sent(endpoint: pagerduty.endpoint()(mapFn: event))),
        say(
            name: "endpoint with url",
            fn: () => sent(endpoint: pagerduty.endpoint(url: "https://events.example.com/")(mapFn: event)),
        ),
    ],
)
