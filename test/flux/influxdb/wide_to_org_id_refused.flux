// wideTo a remote InfluxDB, by IDs: a superuser must have allowed its host
import "array"
import "influxdata/influxdb"

array.from(rows: [{_time: 2020-01-01T00:00:00Z, _measurement: "m", f: 1.5}])
    |> group(columns: ["_measurement"])
    |> influxdb.wideTo(
        bucketID: "0123456789abcdef",
        host: "https://influx.example.com",
        orgID: "0123456789abcdef",
        token: "t",
    )
