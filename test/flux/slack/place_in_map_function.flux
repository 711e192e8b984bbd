// an error of the script's own function stands in it, whoever calls it
import "array"
import "slack"

send = slack.endpoint(url: "http://127.0.0.1:1/")(mapFn: (r) => ({channel: "c", text: die(msg: "no text"), color: r.x}))

array.from(rows: [{x: "good"}])
  |> send()
