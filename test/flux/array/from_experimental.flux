// experimental/array: from under its first name
import "experimental/array"

array.from(rows: [{a: 1, b: "x"}, {a: 2, b: "y"}])
