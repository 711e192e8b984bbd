// as does that of a request
import "array"
import "slack"

send = slack.endpoint(url: "http://127.0.0.1:1/")(mapFn: (r) => ({channel: "c", text: "t", color: r.x}))

array.from(rows: [{x: "good"}])
  |> send()
