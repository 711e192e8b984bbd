// wideTo a remote InfluxDB, by names: a superuser must have allowed its host
import "array"
import "influxdata/influxdb"

array.from(rows: [{_time: 2020-01-01T00:00:00Z, _measurement: "m", f: 1.5}])
    |> group(columns: ["_measurement"])
    |> influxdb.wideTo(
        bucket: "b",
        host: "https://influx.example.com",
        org: "o",
        token: "t",
    )
