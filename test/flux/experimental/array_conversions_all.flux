// the rest of the conversions of arrays
import "array"
import arrays "experimental/array"

array.from(rows: [{
    toDuration: display(v: arrays.toDuration(arr: ["1h", "2m30s"])),
    toUInt: display(v: arrays.toUInt(arr: ["1", "2"])),
    toTime: display(v: arrays.toTime(arr: ["2024-01-01T00:00:00Z"])),
    toString: display(v: arrays.toString(arr: [1h, 2h])),
    toBool: display(v: arrays.toBool(arr: [1, 0])),
    toFloat: display(v: arrays.toFloat(arr: [1, 2])),
    toInt: display(v: arrays.toInt(arr: [2.7, -2.7])),
}])
