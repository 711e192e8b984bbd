// fieldsAsCols: fields of one time become one row
import "influxdata/influxdb/schema"

from(bucket: "test")
    |> range(start: 2020-01-01T00:00:00Z, stop: 2020-02-01T00:00:00Z)
    |> schema.fieldsAsCols()
