// messages go to defaultURL unless a URL is given; a host that nobody allowed is not asked
import "array"
import "experimental"
import "slack"

say = (name, fn) => ({name: name, msg: experimental.catch(fn: fn).msg})
send = slack.endpoint(token: "secret")(mapFn: (r) => ({channel: "c", text: "t", color: "good"}))

array.from(
    rows: [
        {name: "default", msg: slack.defaultURL},
        say(name: "message", fn: () => string(v: slack.message(channel: "c", text: "t", color: "#00ff00"))),
        say(
            name: "message with url",
            fn: () =>
                string(
                    v: slack.message(
                        url: "https://hooks.example.com/x",
                        token: "secret",
                        channel: "c",
                        text: "t",
                        color: "warning",
                    ),
                ),
        ),
        say(
            name: "endpoint",
            fn: () => (array.from(rows: [{a: 1}]) |> send() |> findRecord(fn: (key) => true, idx: 0))._sent,
        ),
    ],
)
