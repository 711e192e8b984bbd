// refused: could not parse color string
import "array"
import "slack"

array.from(rows: [{value: display(v: slack.validateColorString(color: "#a1B2c3f"))}])
