// refused: cannot set option "a" on non-package value
import "array"

foo = {a: 1}
option foo.a = 2

array.from(rows: [{value: display(v: 1)}])
