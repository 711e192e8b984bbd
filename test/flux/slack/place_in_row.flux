// an error of library code in a row function stands at the script's call
import "array"
import "slack"

array.from(rows: [{x: "purple"}])
  |> map(fn: (r) => ({r with y: slack.validateColorString(color: r.x)}))
