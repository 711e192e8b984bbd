// colours
import "array"
import "slack"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "slack.validateColorString(color: \"good\")", value: display(v: slack.validateColorString(color: "good"))},
        {expression: "slack.validateColorString(color: \"#a1B2c3\")", value: display(v: slack.validateColorString(color: "#a1B2c3"))},
    ],
)
