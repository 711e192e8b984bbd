// refused: option does not exist
import "array"
import "internal/debug"

array.from(rows: [{value: display(v: debug.getOption(pkg: "internal/debug", name: "nope"))}])
