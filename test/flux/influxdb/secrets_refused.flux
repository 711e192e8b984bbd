// secrets.get of a secret that is not there
import "array"
import "influxdata/influxdb/secrets"

array.from(rows: [{token: secrets.get(key: "TOKEN")}])
