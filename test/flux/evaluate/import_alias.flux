// import "x" as another name; a package is a record
import "array"
import text "strings"

array.from(rows: [{v: text.toUpper(v: "abc"), w: text.toUpper(v: "a") == text["toUpper"](v: "a")}])
