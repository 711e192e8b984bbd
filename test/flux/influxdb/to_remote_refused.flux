// influxdb.to a remote InfluxDB: a superuser must have allowed its host
import "array"
import "influxdata/influxdb"

array.from(rows: [{_time: 2020-01-01T00:00:00Z, _measurement: "m", _field: "f", _value: 1.5}])
    |> influxdb.to(bucketID: "0123456789abcdef", host: "https://influx.example.com", orgID: "fedcba9876543210", token: "t")
