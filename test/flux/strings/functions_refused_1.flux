// refused: "77" is not a valid argument: argument length is not equal to 1
import "array"
import "strings"

array.from(rows: [{value: display(v: strings.isLetter(v: "77"))}])
