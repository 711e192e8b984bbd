// a series needs a time
import "influxdata/influxdb/v1"

v1.json(json: "{\"results\": [{\"series\": [{\"name\": \"m\", \"columns\": [\"a\"], \"values\": [[1]]}]}]}")
