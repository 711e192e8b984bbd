// experimental/json.parse: numbers are floats, whatever their form
import "array"
import "experimental/json"

parse = (v) => display(v: json.parse(data: bytes(v: v)))

array.from(
    rows: [
        {text: "-0", value: parse(v: "-0")},
        {text: "1.0E+2", value: parse(v: "1.0E+2")},
        {text: "0.1", value: parse(v: " 0.1 ")},
        {text: "-1.5e-7", value: parse(v: "-1.5e-7")},
        {text: "1e308", value: parse(v: "1e308")},
        {text: "the largest", value: parse(v: "1.7976931348623157e308")},
        {text: "1e-400", value: parse(v: "1e-400")},
        {text: "2.4703282292062328e-324", value: parse(v: "2.4703282292062328e-324")},
        {text: "9007199254740993", value: parse(v: "9007199254740993")},
        {text: "more digits", value: parse(v: "123456789012345678901234567890.12345678901234567890")},
    ],
)
