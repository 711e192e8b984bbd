// rows must be whole
import "influxdata/influxdb/v1"

v1.json(json: "{\"results\": [{\"series\": [{\"name\": \"m\", \"columns\": [\"time\", \"a\"], \"values\": [[1]]}]}]}")
