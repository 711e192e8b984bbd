// experimental/array: conversions of whole arrays
import "array"
import experimental "experimental/array"

array.from(
    rows: [
        {
            toFloat: display(v: ["1.5", "-2"] |> experimental.toFloat()),
            toInt: display(v: [1.9, -1.9] |> experimental.toInt()),
            toUInt: display(v: [1, 2] |> experimental.toUInt()),
            toBool: display(v: ["true", "false"] |> experimental.toBool()),
            toString: display(v: [1h, 30s] |> experimental.toString()),
            toTime: display(v: ["2020-01-01T00:00:00Z", "2020-01-02T03:04:05.000000006Z"] |> experimental.toTime()),
            toDuration: display(v: ["1h30m", "-1mo"] |> experimental.toDuration()),
        },
    ],
)
