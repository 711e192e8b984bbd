// wideTo needs the measurement in the group key
import "array"
import "influxdata/influxdb"

array.from(rows: [{_time: 2020-01-01T00:00:00Z, host: "a", f: 1.5}])
    |> group(columns: ["host"])
    |> influxdb.wideTo(bucket: "test")
