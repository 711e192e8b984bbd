// refused: could not parse color string
import "array"
import "slack"

array.from(rows: [{value: display(v: slack.validateColorString(color: "red"))}])
