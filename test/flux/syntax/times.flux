// dates are midnight UTC; fractions and offsets
// modes: no
import "array"

array.from(
    rows: [
        {expression: "2020-01-01", value: display(v: 2020-01-01)},
        {expression: "2020-01-01T10:20:30Z", value: display(v: 2020-01-01T10:20:30Z)},
        {expression: "2020-01-01T10:20:30.15+02:00", value: display(v: 2020-01-01T10:20:30.15+02:00)},
        {expression: "2020-01-01T10:20:30.123456789-05:30", value: display(v: 2020-01-01T10:20:30.123456789-05:30)},
        {expression: "2020-02-29", value: display(v: 2020-02-29)},
    ],
)
