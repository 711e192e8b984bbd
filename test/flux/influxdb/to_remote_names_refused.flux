// influxdb.to a remote InfluxDB, by names: a superuser must have allowed its host
import "array"
import "influxdata/influxdb"

array.from(rows: [{_time: 2020-01-01T00:00:00Z, _measurement: "m", _field: "f", _value: 1.5}])
    |> influxdb.to(bucket: "b", host: "https://influx.example.com", org: "o", token: "t")
