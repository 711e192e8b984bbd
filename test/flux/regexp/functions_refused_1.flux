// refused: error parsing regexp
import "array"
import "regexp"

braces = "$" + "{1}W"

array.from(rows: [{value: display(v: regexp.compile(v: "("))}])
