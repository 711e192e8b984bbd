// it must be an object
import "influxdata/influxdb/v1"

v1.json(json: "[1]")
