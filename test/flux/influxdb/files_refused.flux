// files are not read, as in InfluxDB
import "array"
import "csv"
import "experimental"
import "influxdata/influxdb/v1"

say = (name, fn) => ({name: name, msg: experimental.catch(fn: fn).msg})
read = (tables) => string(v: exists (tables |> findRecord(fn: (key) => true, idx: 0)))

array.from(
    rows: [
        say(name: "csv.from", fn: () => read(tables: csv.from(file: "/etc/passwd", mode: "raw"))),
        say(name: "v1.json", fn: () => read(tables: v1.json(file: "/etc/passwd"))),
    ],
)
