// secrets.get gives the value of a secret of this role
import "array"
import "influxdata/influxdb/secrets"

array.from(rows: [{token: secrets.get(key: "TOKEN")}])
