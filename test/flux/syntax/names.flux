// letters of any script, digits of ASCII, words that are not reserved
// modes: no
import "array"

été = 1
名 = 2
with = 3
where = 4
stream = 5
extends = 6
_a1 = 7
array.from(
    rows: [
        {expression: "été", value: display(v: été)},
        {expression: "名", value: display(v: 名)},
        {expression: "with", value: display(v: with)},
        {expression: "where", value: display(v: where)},
        {expression: "stream", value: display(v: stream)},
        {expression: "extends", value: display(v: extends)},
        {expression: "_a1", value: display(v: _a1)},
    ],
)
