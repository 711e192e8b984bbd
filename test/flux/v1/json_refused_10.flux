// a tag must not hide a column
import "influxdata/influxdb/v1"

v1.json(json: "{\"results\": [{\"series\": [{\"name\": \"m\", \"tags\": {\"_value\": \"x\"}, \"columns\": [\"time\", \"a\"], \"values\": [[1, 2]]}]}]}")
