// types
import "array"
import "types"
import "regexp"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "types.isType(v: 1, type: \"int\")", value: display(v: types.isType(v: 1, type: "int"))},
        {expression: "types.isType(v: 1, type: \"float\")", value: display(v: types.isType(v: 1, type: "float"))},
        {expression: "types.isType(v: 1d, type: \"duration\")", value: display(v: types.isType(v: 1d, type: "duration"))},
        {expression: "types.isType(v: /a/, type: \"regexp\")", value: display(v: types.isType(v: /a/, type: "regexp"))},
        {expression: "types.isNumeric(v: 1.0)", value: display(v: types.isNumeric(v: 1.0))},
        {expression: "types.isNumeric(v: \"1\")", value: display(v: types.isNumeric(v: "1"))},
    ],
)
