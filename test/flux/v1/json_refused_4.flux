// an error of the answer is one here
import "influxdata/influxdb/v1"

v1.json(json: "{\"results\": [{\"error\": \"database not found: x\"}]}")
